import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { TenantDO } from "../../../examples/grove/objects/tenant.ts";
import { closedDays, type StoredEvent } from "../../fixtures/grove/tenant.ts";
import { capture } from "../../support/log.ts";
import { failureOf } from "../../support/failure.ts";
import { objectOf } from "../../support.ts";
import { type Answer, ask, json, notJson, says, send } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { batchesOf } from "./tenants.ts";

const success = json({ success: true });
const [KiB, day] = [1024, 86_400_000];
const now = Date.UTC(2030, 0, 1, 23, 59);
const [today, tomorrow] = ["2030-01-01", "2030-01-02"];

function newSite(binding = "TenantWithDays") {
  const site = crypto.randomUUID();
  return { site, tenant: objectOf<TenantDO>(binding, `tenant:${site}`) };
}

/** What the object of a site's day was given. */
async function eventsOf(site: string, day = today): Promise<StoredEvent[]> {
  return (await batchesOf(site, day)).flatMap(({ events }) => [...events]);
}

/** Sends `count` events, numbered from 0 on. */
async function sendMany(tenant: DurableObjectStub, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  await Promise.all(numbers.map((n) => ask(tenant, "POST /analytics", { type: `event-${n}` })));
}

/** How long until the object's alarm, in ms. */
function untilAlarm(tenant: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(tenant, async (_instance, { storage }) => {
    const time = await storage.getAlarm();
    return time && time - Date.now();
  });
}

beforeAll(prepareDatabase);

beforeEach(() => {
  // Years ahead: no alarm comes by itself.
  vi.useFakeTimers({ toFake: ["Date"], now });
});

afterEach(() => {
  closedDays.clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("an event is answered at once and reaches the day's object sixty seconds after the first", async () => {
  const { site, tenant } = newSite();
  const data = { path: "/", tags: ["a"] };
  expect(await ask(tenant, "POST /analytics", { type: "page_view", data })).toEqual(success);
  vi.setSystemTime(now + 20_000);
  expect(await ask(tenant, "POST /analytics", { type: "reaction", timestamp: now + 7.5 })).toEqual(success);
  expect(await untilAlarm(tenant)).toBe(40_000);
  expect(await eventsOf(site)).toEqual([]);

  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site)).toEqual([
    { type: "page_view", data, timestamp: now },
    { type: "reaction", timestamp: now + 7 },
  ]);
});

test("an event over RPC may say its path, cut where nobody reads on, and its visitor", async () => {
  const { site, tenant } = newSite();

  await tenant.recordEvent({ type: "page_view", path: `/${"x".repeat(600)}`, visitorHash: "abc", timestamp: now });
  await runDurableObjectAlarm(tenant);

  const event = { type: "page_view", path: `/${"x".repeat(511)}`, visitorHash: "abc", timestamp: now };
  expect(await eventsOf(site)).toEqual([event]);
});

test("flushAnalytics has what waits delivered now", async () => {
  const { site, tenant } = newSite();
  await tenant.recordEvent({ type: "page_view" });

  await tenant.flushAnalytics();
  expect(await untilAlarm(tenant)).toBeLessThanOrEqual(0);
  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site)).toHaveLength(1);
});

test("a hundred events are due at once, as one batch", async () => {
  const { site, tenant } = newSite();
  await sendMany(tenant, 100);
  expect(await untilAlarm(tenant)).toBeLessThanOrEqual(0);

  await runDurableObjectAlarm(tenant);

  const batches = await batchesOf(site, today);
  expect(batches.map(({ events }) => events.length)).toEqual([100]);
});

test("events survive an eviction", async () => {
  const { site, tenant } = newSite();
  await sendMany(tenant, 3);
  await evictDurableObject(tenant);

  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site)).toHaveLength(3);
});

test("each event goes to the day it is of, in UTC, under an id of that day", async () => {
  const { site, tenant } = newSite();
  await tenant.recordEvent({ type: "page_view", timestamp: now });
  await tenant.recordEvent({ type: "page_view", timestamp: now + 60_000 });
  await tenant.recordEvent({ type: "reaction", timestamp: now + 1 });

  await runDurableObjectAlarm(tenant);

  expect((await eventsOf(site)).map(({ timestamp }) => timestamp)).toEqual([now, now + 1]);
  expect((await eventsOf(site, tomorrow)).map(({ timestamp }) => timestamp)).toEqual([now + 60_000]);
  const [[first], [second]] = [await batchesOf(site, today), await batchesOf(site, tomorrow)];
  const batch = first!.id.replace(`:${today}`, "");
  expect([first!.id, second!.id]).toEqual([`${batch}:${today}`, `${batch}:${tomorrow}`]);
});

test("a day that took its part counts it once when the other day is tried again", async () => {
  const { site, tenant } = newSite();
  capture();
  closedDays.add(tomorrow);
  await tenant.recordEvent({ type: "page_view", timestamp: now });
  await tenant.recordEvent({ type: "page_view", timestamp: now + 60_000 });
  await runDurableObjectAlarm(tenant);
  expect(await eventsOf(site)).toHaveLength(1);

  closedDays.clear();
  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site)).toHaveLength(1);
  expect(await eventsOf(site, tomorrow)).toHaveLength(1);
});

test.for([
  ["a week ago", now - 7 * day, "2029-12-25"],
  ["more than a week ago", now - 7 * day - 1, today],
  ["tomorrow", now + day, tomorrow],
  ["later", now + day + 1, today],
  ["before all days", -1, today],
  ["after all days", 1e300, today],
] as const)("an event of %s is for the object that is there for it", async ([, timestamp, date]) => {
  const { site, tenant } = newSite();
  await tenant.recordEvent({ type: "page_view", timestamp });

  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site, date)).toEqual([{ type: "page_view", timestamp }]);
});

test("while nobody takes events they wait, and nothing else does", async () => {
  const { site, tenant } = newSite();
  const { lines } = capture();
  closedDays.add(today);
  await sendMany(tenant, 3);

  await runDurableObjectAlarm(tenant);

  expect(lines.map(({ level }) => level)).toContain("error");
  expect(await eventsOf(site)).toEqual([]);
  expect(await untilAlarm(tenant)).toBeGreaterThan(0);
  expect(await ask(tenant, "GET /drafts")).toEqual(json([]));
});

test("without the binding ANALYTICS events wait", async () => {
  const { tenant } = newSite("TenantWithoutDatabase");
  const { lines } = capture();
  await sendMany(tenant, 1);

  await runDurableObjectAlarm(tenant);

  expect(JSON.stringify(lines)).toContain("its binding is missing");
  expect(await untilAlarm(tenant)).toBeGreaterThan(0);
});

test("what the day refused is delivered once when it answers", async () => {
  const { site, tenant } = newSite();
  capture();
  closedDays.add(today);
  await sendMany(tenant, 3);
  await runDurableObjectAlarm(tenant);

  closedDays.clear();
  await runDurableObjectAlarm(tenant);

  expect((await eventsOf(site)).map(({ type }) => type).sort()).toEqual(["event-0", "event-1", "event-2"]);
});

test("the newest thousand events wait, and the log counts the others", async () => {
  const { site, tenant } = newSite();
  const { lines } = capture();
  await runInDurableObject(tenant, (object) => {
    const times = Array.from({ length: 1_005 }, (_, second) => Date.UTC(2030, 0) + second * 1_000);
    times.map((timestamp) => object.recordEvent({ type: "page_view", timestamp }));
  });

  await runDurableObjectAlarm(tenant);
  await runDurableObjectAlarm(tenant);

  const times = (await eventsOf(site)).map(({ timestamp }) => timestamp);
  expect([times.length, Math.max(...times)]).toEqual([1_000, Date.UTC(2030, 0) + 1_004_000]);
  expect(lines.reduce((sum, { dropped }) => sum + Number(dropped), 0)).toBe(5);
});

test.for<[string, unknown, Answer]>([
  ["no JSON", "{", notJson],
  ["no object", [1], notJson],
  ["no type", {}, says(400, "Missing required fields")],
  ["an empty type", { type: "" }, says(400, "Missing required fields")],
  ["a long type", { type: "x".repeat(65) }, says(400, "Invalid field: type")],
  ["a type that is no text", { type: 7 }, says(400, "Invalid field: type")],
  ["data that is no object", { type: "x", data: "text" }, says(400, "Invalid field: data")],
  ["data over 8 KiB", { type: "x", data: { text: "é".repeat(4 * KiB) } }, says(400, "Invalid field: data")],
  ["a path that is no text", { type: "x", path: 5 }, says(400, "Invalid field: path")],
  ["a long visitor", { type: "x", visitorHash: "v".repeat(129) }, says(400, "Invalid field: visitorHash")],
  ["an empty visitor", { type: "x", visitorHash: "" }, says(400, "Invalid field: visitorHash")],
  ["a time that is no number", { type: "x", timestamp: "now" }, says(400, "Invalid field: timestamp")],
  ["a time that is not finite", '{"type":"x","timestamp":1e999}', says(400, "Invalid field: timestamp")],
])("%s is refused and stores nothing", async ([, body, answer]) => {
  const { tenant } = newSite();

  expect(await ask(tenant, "POST /analytics", body)).toEqual(answer);
  expect(await untilAlarm(tenant)).toBeNull();
});

test.for([
  ["[0.type] Missing required fields", {}],
  ["[0.data]", { type: "x", data: { big: 1n } }],
  ["[0.timestamp]", { type: "x", timestamp: NaN }],
] as const)("an event that will not do is refused over RPC: %s", async ([text, event]) => {
  const { tenant } = newSite();

  const failure = await failureOf(tenant.recordEvent(event as never)); // what no type lets through

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", message: expect.stringContaining(text) });
  expect(await untilAlarm(tenant)).toBeNull();
});

test("data of 8 KiB, a type of 64 characters and a visitor of 128 are taken", async () => {
  const { tenant } = newSite();
  const body = { type: "x".repeat(64), data: { text: "x".repeat(8 * KiB - 11) }, visitorHash: "v".repeat(128) };

  expect(await ask(tenant, "POST /analytics", body)).toEqual(success);
});

test("GET is not allowed there", async () => {
  const response = await send(newSite().tenant, "GET /analytics");

  expect([response.status, response.headers.get("Allow")]).toEqual([405, "OPTIONS, POST"]);
});

test("each site has its own events", async () => {
  const [one, other] = [newSite(), newSite()];
  await sendMany(one.tenant, 2);
  await sendMany(other.tenant, 1);
  await runDurableObjectAlarm(one.tenant);
  await runDurableObjectAlarm(other.tenant);

  expect([(await eventsOf(one.site)).length, (await eventsOf(other.site)).length]).toEqual([2, 1]);
});
