import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { TenantDO } from "../../../examples/grove/objects/tenant.ts";
import { capture } from "../../support/log.ts";
import { type Answer, ask, grove, json, notJson, says, send } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { withoutD1 } from "./tenants.ts";

interface Stored {
  readonly batch: string;
  readonly place: number;
  readonly event_type: string;
  readonly event_data: string | null;
  readonly timestamp: number;
}

const success = json({ success: true });
const KiB = 1024;
const now = Date.UTC(2030, 0);

function newSite(binding = "TENANTS") {
  const site = crypto.randomUUID();
  return { site, tenant: grove[binding]!.getByName(`tenant:${site}`) };
}

/** What D1 has of a site, in order. */
async function eventsOf(site: string): Promise<Stored[]> {
  const query = "SELECT * FROM analytics_events WHERE site = ? ORDER BY batch, place";
  return (await grove.DB.prepare(query).bind(site).all<Stored>()).results;
}

/** Sends `count` events, numbered from `from` on. */
async function sendMany(tenant: DurableObjectStub, count: number, from = 0): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  await Promise.all(numbers.map((n) => ask(tenant, "POST /analytics", { type: `event-${n}`, timestamp: n })));
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
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("an event is answered at once and reaches D1 sixty seconds after the first", async () => {
  const { site, tenant } = newSite();
  expect(await ask(tenant, "POST /analytics", { type: "page_view", data: { path: "/", tags: ["a"] } })).toEqual(
    success,
  );
  vi.setSystemTime(now + 20_000);
  expect(await ask(tenant, "POST /analytics", { type: "reaction", timestamp: 7.5 })).toEqual(success);
  expect(await untilAlarm(tenant)).toBe(40_000);
  expect(await eventsOf(site)).toEqual([]);

  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site)).toMatchObject([
    { place: 0, event_type: "page_view", event_data: '{"path":"/","tags":["a"]}', timestamp: now },
    { place: 1, event_type: "reaction", event_data: null, timestamp: 7 },
  ]);
});

test("a hundred events are due at once, as one batch", async () => {
  const { site, tenant } = newSite();
  await sendMany(tenant, 100);
  expect(await untilAlarm(tenant)).toBeLessThanOrEqual(0);

  await runDurableObjectAlarm(tenant);

  const events = await eventsOf(site);
  expect(events).toHaveLength(100);
  expect(new Set(events.map(({ batch }) => batch)).size).toBe(1);
});

test("events survive an eviction", async () => {
  const { site, tenant } = newSite();
  await sendMany(tenant, 3);
  await evictDurableObject(tenant);

  await runDurableObjectAlarm(tenant);

  expect(await eventsOf(site)).toHaveLength(3);
});

test.for(["TenantOnFailingD1", "TenantWithoutDatabase"])("while D1 is away events wait: %s", async (binding) => {
  const { site, tenant } = newSite(binding);
  const { lines } = capture();
  await sendMany(tenant, 3);

  await withoutD1(() => runDurableObjectAlarm(tenant));

  expect(lines.map(({ level }) => level)).toContain("error");
  expect(await eventsOf(site)).toEqual([]);
  expect(await untilAlarm(tenant)).toBeGreaterThan(0);
  expect(await ask(tenant, "GET /drafts")).toEqual(json([]));
});

test("what D1 refused is delivered once when it is back", async () => {
  const { site, tenant } = newSite("TenantOnFailingD1");
  capture();
  await sendMany(tenant, 3);
  await withoutD1(() => runDurableObjectAlarm(tenant));

  await runDurableObjectAlarm(tenant);

  expect((await eventsOf(site)).map(({ event_type }) => event_type).sort()).toEqual(["event-0", "event-1", "event-2"]);
});

test("a batch that is delivered again is stored once", async () => {
  const { site, tenant } = newSite();
  const events = [{ type: "page_view", timestamp: 1 }];
  const info = { id: "batch-1", attempt: 1, signal: new AbortController().signal };

  await runInDurableObject(tenant, async (object) => {
    const sink = object as unknown as { saveEvents(given: typeof events, batch: typeof info): Promise<void> };
    await sink.saveEvents(events, info);
    await sink.saveEvents(events, { ...info, attempt: 2 });
  });

  expect(await eventsOf(site)).toHaveLength(1);
});

test("the newest thousand events wait, and the log counts the others", async () => {
  const { site, tenant } = newSite();
  const { lines } = capture();
  await runInDurableObject(tenant, (object) => {
    const { recordEvent } = object as TenantDO;
    for (let timestamp = 0; timestamp < 1_005; timestamp += 1) {
      recordEvent.call(
        object as TenantDO,
        { body: { type: "page_view", timestamp } } as Parameters<typeof recordEvent>[0],
      );
    }
  });

  await runDurableObjectAlarm(tenant);
  await runDurableObjectAlarm(tenant);

  const times = (await eventsOf(site)).map(({ timestamp }) => timestamp);
  expect([times.length, Math.max(...times)]).toEqual([1_000, 1_004]);
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
  ["a time that is no number", { type: "x", timestamp: "now" }, says(400, "Invalid field: timestamp")],
  ["a time that is not finite", '{"type":"x","timestamp":1e999}', says(400, "Invalid field: timestamp")],
])("%s is refused and stores nothing", async ([, body, answer]) => {
  const { tenant } = newSite();

  expect(await ask(tenant, "POST /analytics", body)).toEqual(answer);
  expect(await untilAlarm(tenant)).toBeNull();
});

test("data of 8 KiB and a type of 64 characters are taken", async () => {
  const { tenant } = newSite();
  const body = { type: "x".repeat(64), data: { text: "x".repeat(8 * KiB - 11) } };

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
