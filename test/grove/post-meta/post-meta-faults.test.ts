import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client } from "../../support/client.ts";
import { capture } from "../../support/log.ts";
import { ask, data, json, notJson, says } from "../support/grove.ts";
import { already, anHour, madePost, metaOf, newPost, now, reacted, rowsOf, unmadeToRead } from "./metas.ts";
import { untilAlarm, view, viewMany } from "./metas.ts";

// The faults of the original, by their numbers on its page.

const day = 24 * anHour;
const states: [string, (post: DurableObjectStub) => Promise<void>][] = [
  ["awake", async () => {}],
  ["evicted", evictDurableObject],
];

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("1: the first event of a new post finds it working", async () => {
  const init = await ask(newPost(), "POST /meta/init", { tenantId: "acme", slug: "hello" });

  expect(init[0]).toBe(200);
  expect(await ask(newPost(), "GET /meta")).toEqual(unmadeToRead);
});

test("2: a first reaction can be added", async () => {
  expect(await ask(await madePost(), "POST /reactions", { type: "like", userId: "ada" })).toEqual(reacted(1, 0));
});

test("3: sockets hear and are heard after an eviction", async () => {
  const post = await madePost();
  const client = await Client.open(post);
  expect(await client.next()).toMatchObject({ type: "init", data: { presence: { activeReaders: 1 } } });
  await evictDurableObject(post);

  client.send({ type: "presence", data: { sessionId: "ada" } });
  expect(await client.next()).toEqual({ type: "presence", data: { activeReaders: 1 } });
  await evictDurableObject(post);
  await view(post, "ada");

  expect(await client.next()).toEqual({ type: "view", data: { viewCount: 1 } });
});

test("4: a reaction that is not there is not taken away", async () => {
  const post = await madePost();
  await ask(post, "POST /reactions", { type: "like", userId: "ada" });

  expect(await ask(post, "DELETE /reactions", { type: "like", userId: "bob" })).toEqual(reacted(1, 0));
  expect(await ask(post, "DELETE /reactions", { type: "bookmark", userId: "ada" })).toEqual(reacted(1, 0));
});

test("5: a view is not counted twice after an eviction, and visitors without a session are not one", async () => {
  const post = await madePost();
  await view(post, "ada");
  await evictDurableObject(post);

  expect(await view(post, "ada")).toBe(1);
  expect([await view(post), await view(post), await view(post, "anonymous")]).toEqual([2, 3, 4]);
});

test("6: no counted view is lost with an eviction", async () => {
  const post = await madePost();
  await viewMany(post, 3);

  await evictDurableObject(post);

  expect(await metaOf(post)).toMatchObject({ viewCount: 3 });
  expect(await rowsOf(post, "SELECT id FROM view_log")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
});

test("7: HTTP and sockets are told one number of readers", async () => {
  const post = await madePost();
  await view(post, "ada");
  const client = await Client.open(post);
  await client.next();
  client.send({ type: "presence", data: { sessionId: "bob" } });

  const told = (await client.next()) as { data: { activeReaders: number } };
  const { activeReaders } = data<{ activeReaders: number }>(await ask(post, "GET /presence"));

  expect([told.data.activeReaders, activeReaders]).toEqual([2, 2]);
});

test.for(states)("8: of many sessions the newest 10,000 are known: %s", async ([, settle]) => {
  const post = await madePost();
  await ask(post, "GET /presence");
  const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)";
  await rowsOf(post, `${numbers} INSERT INTO view_log SELECT i, ${now}, 'reader-' || i FROM n`);
  await evictDurableObject(post);
  await view(post, "ada");
  await settle(post);

  expect(await ask(post, "GET /presence")).toEqual(json({ activeReaders: 10_000, lastActivity: now }));
  expect([await view(post, "reader-10000"), await view(post, "reader-1")]).toEqual([10_001, 10_002]);
});

test("9: a post that nobody reads any more is popular no more", async () => {
  const post = await madePost("evergreen");
  await viewMany(post, 25);
  vi.setSystemTime(now + day);
  expect(await metaOf(post)).toMatchObject({ isPopular: true });

  vi.setSystemTime(now + day + 1);

  expect(await metaOf(post)).toMatchObject({ isPopular: false });
});

test("10: a tier that nobody knows is not stored", async () => {
  const post = await madePost("oak");

  const answer = await ask(post, "POST /meta/init", { tenantId: "acme", slug: "hello", tier: "nope" });

  expect(answer).toEqual(says(400, "Invalid tier"));
  expect(await metaOf(post)).toMatchObject({ tier: "oak" });
});

test("11: a clean-up that fails is tried again, and the hourly one goes on", async () => {
  const post = await madePost();
  const { lines } = capture();
  await view(post, "ada");
  await rowsOf(post, "CREATE TRIGGER broken BEFORE DELETE ON view_log BEGIN SELECT RAISE(ABORT, 'broken'); END");
  vi.setSystemTime(now + 8 * day);
  await runDurableObjectAlarm(post);
  expect(lines.map(({ code }) => code)).toContain("GROVE-LOOM-051");
  expect(await untilAlarm(post)).toBeLessThanOrEqual(anHour);
  await rowsOf(post, "DROP TRIGGER broken");

  vi.setSystemTime(now + 9 * day);
  await runDurableObjectAlarm(post);

  expect(await rowsOf(post, "SELECT * FROM view_log")).toEqual([]);
});

test("12: a view of null is refused", async () => {
  expect(await ask(await madePost(), "POST /view", "null")).toEqual(notJson);
});

test.for(states)("13: the socket that closes is not counted: %s", async ([, settle]) => {
  const post = await madePost();
  const [one, other] = [await Client.open(post), await Client.open(post)];
  await one.next();
  await settle(post);

  other.close();

  expect(await one.next()).toEqual({ type: "presence", data: { activeReaders: 1 } });
});

test("14: a post that nobody reads has no alarm, until it is read again", async () => {
  const post = await madePost();
  await runDurableObjectAlarm(post);
  expect(await untilAlarm(post)).toBeNull();
  await evictDurableObject(post);
  await metaOf(post);
  expect(await untilAlarm(post)).toBeNull();

  await view(post, "ada");

  expect(await untilAlarm(post)).toBe(anHour);
});

test("15: a reaction and its count are kept together or not at all", async () => {
  const post = await madePost();
  capture();
  await ask(post, "POST /reactions", { type: "like", userId: "ada" });
  await rowsOf(post, "CREATE TRIGGER broken BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'broken'); END");

  const added = await ask(post, "POST /reactions", { type: "like", userId: "bob" });
  const removed = await ask(post, "DELETE /reactions", { type: "like", userId: "ada" });
  await rowsOf(post, "DROP TRIGGER broken");

  expect([added[0], removed[0]]).toEqual([500, 500]);
  expect(await rowsOf(post, "SELECT user_id FROM reactions")).toEqual([{ user_id: "ada" }]);
  expect(await ask(post, "POST /reactions", { type: "like", userId: "ada" })).toEqual(already(1, 0));
});
