import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Tier } from "../../../examples/grove/types.ts";
import { ask, json } from "../support/grove.ts";
import { anHour, madePost, metaOf, now, rowsOf, rowsWritten, untilAlarm, view, viewMany } from "./metas.ts";

const minute = 60_000;
const day = 24 * anHour;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => void vi.useRealTimers());

/** Fills the log with so many views, all at one time, as it would have become by itself. */
async function fillLog(post: DurableObjectStub, count: number, timestamp: number): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  await rowsOf(post, `${numbers} INSERT INTO view_log SELECT i, ${timestamp}, 'reader-' || i FROM n`);
}

async function logOf(post: DurableObjectStub) {
  return (await rowsOf(post, "SELECT count(*) AS count, min(id) AS first, max(id) AS last FROM view_log"))[0];
}

test("a session counts again when its last counted view is older than five minutes", async () => {
  const post = await madePost();

  expect(await view(post, "ada")).toBe(1);
  vi.setSystemTime(now + 5 * minute);
  expect(await ask(post, "POST /view", { sessionId: "ada" })).toEqual(json({ success: true, viewCount: 1 }));
  expect(await view(post, "bob")).toBe(2);
  vi.setSystemTime(now + 5 * minute + 1);
  expect(await view(post, "ada")).toBe(3);
  expect(await metaOf(post)).toMatchObject({ viewCount: 3, lastViewed: now + 5 * minute + 1 });
});

test.for([[""], [{}], [undefined]])("a body of %j is a view of somebody", async ([body]) => {
  const post = await madePost();

  expect(await ask(post, "POST /view", body)).toEqual(json({ success: true, viewCount: 1 }));
});

test.for<[Tier | undefined, number]>([
  ["wanderer", 150],
  ["seedling", 100],
  ["sapling", 75],
  ["oak", 50],
  ["evergreen", 25],
  [undefined, 100],
])("a post of tier %s is popular from %i views in a day on", async ([tier, threshold]) => {
  const post = await madePost(tier);
  await fillLog(post, threshold - 2, now);

  await view(post, "ada");
  expect(await metaOf(post)).toMatchObject({ viewCount: threshold - 1, isPopular: false });
  await view(post, "bob");
  expect(await metaOf(post)).toMatchObject({ viewCount: threshold, isPopular: true });
});

test("a clock that is set back makes no view older than the one before", async () => {
  const post = await madePost();
  vi.setSystemTime(now + minute);
  await view(post, "ada");

  vi.setSystemTime(now);
  await view(post, "bob");

  expect(await metaOf(post)).toMatchObject({ viewCount: 2, lastViewed: now + minute });
});

test("another tier decides anew", async () => {
  const post = await madePost();
  await viewMany(post, 25);

  const answer = await ask(post, "POST /meta/init", { tenantId: "acme", slug: "hello", tier: "evergreen" });

  expect(JSON.parse(answer[2])).toMatchObject({ meta: { isPopular: true, tier: "evergreen" } });
});

test("a view costs one row, a repeated one none, a read none", async () => {
  const post = await madePost();
  await view(post, "first");
  const before = await rowsWritten(post);

  await view(post, "ada");
  const one = await rowsWritten(post);
  await view(post, "ada");
  await metaOf(post);
  await ask(post, "GET /presence");

  expect([one - before, (await rowsWritten(post)) - one]).toEqual([1, 0]);
});

test("every hundredth view leaves the newest 50,000 in the log", async () => {
  const post = await madePost();
  await fillLog(post, 50_098, now);

  await view(post, "ada");
  expect(await logOf(post)).toEqual({ count: 50_099, first: 1, last: 50_099 });
  await view(post, "bob");
  expect(await logOf(post)).toEqual({ count: 50_000, first: 101, last: 50_100 });
});

test("the hourly alarm is armed when the post is made, and goes on while there are views", async () => {
  const post = await madePost();
  expect(await untilAlarm(post)).toBe(anHour);
  await view(post, "ada");

  vi.setSystemTime(now + anHour);
  await runDurableObjectAlarm(post);

  expect(await untilAlarm(post)).toBe(anHour);
});

test("views of more than seven days ago are forgotten, and still counted", async () => {
  const post = await madePost();
  await view(post, "ada");
  vi.setSystemTime(now + 1);
  await view(post, "bob");

  vi.setSystemTime(now + 1 + 7 * day);
  await runDurableObjectAlarm(post);
  expect(await logOf(post)).toEqual({ count: 1, first: 2, last: 2 });
  vi.setSystemTime(now + 2 + 7 * day);
  await runDurableObjectAlarm(post);
  await evictDurableObject(post);

  expect(await untilAlarm(post)).toBeNull();
  expect(await logOf(post)).toMatchObject({ count: 0 });
  expect(await metaOf(post)).toMatchObject({ viewCount: 2, lastViewed: now + 1 });
  expect(await view(post, "ada")).toBe(3);
});

test("more than 50,000 views are trimmed by the alarm too", async () => {
  const post = await madePost();
  await fillLog(post, 50_010, now);

  await runDurableObjectAlarm(post);

  expect(await logOf(post)).toEqual({ count: 50_000, first: 11, last: 50_010 });
});
