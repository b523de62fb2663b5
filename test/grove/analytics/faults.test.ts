import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { AnalyticsDO } from "../../../examples/grove/objects/analytics.ts";
import { history } from "../../fixtures/grove/analytics.ts";
import { failureOf } from "../../support/failure.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json } from "../support/grove.ts";
import { alarmOf, at, date, day, historyOf, hour, midnight, newDay, view } from "./days.ts";

// What the design of the object could not do, or would have lost: none of it is to come back.
const minute = 60_000;

beforeAll(prepareDatabase);
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => {
  Object.assign(history, { isDown: false, held: undefined });
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function dayOn(binding: string) {
  at(10 * hour);
  const tenantId = crypto.randomUUID();
  const namespace = grove[binding] as unknown as DurableObjectNamespace<AnalyticsDO>; // a subclass of it
  return { tenantId, object: namespace.getByName(`analytics:${tenantId}:${date}`) };
}

test("1: a page knows how many have read it", async () => {
  const { object } = newDay();

  await object.recordEvents([view(), view(), view({ visitorHash: "bob" })]);

  expect((await object.getStats()).topPages).toEqual([{ path: "/", views: 3, uniqueViews: 2 }]);
});

test("2: who returns in another hour is no second visitor", async () => {
  const { object } = newDay();

  await object.recordEvents([1, 2, 3].map((at) => view({ timestamp: midnight + at * hour })));

  expect((await object.getStats()).totals.uniqueVisitors).toBe(1);
});

test("3: a producer that repeats a batch under its id after a lost answer counts it once", async () => {
  const { object } = newDay();

  await Promise.all([object.recordEvents([view()], "one"), object.recordEvents([view()], "one")]);

  expect((await object.getStats()).totals.pageViews).toBe(1);
});

test("4: a history that is written again is the same", async () => {
  const { object, tenantId } = newDay();
  await object.recordEvents([view(), view({ path: "/a" })]);

  await object.finalize();
  const once = await historyOf(tenantId);
  await object.finalize();

  expect(await historyOf(tenantId)).toEqual(once);
});

test("5: the day does not end before its last minute has arrived", async () => {
  const { object, tenantId } = newDay();
  await object.recordEvents([view()]);
  at(day + 61_000);
  await object.recordEvents([view({ timestamp: midnight + day - 1 })]);
  const due = await alarmOf(object);
  at(day + 5 * minute);

  await runDurableObjectAlarm(object);

  expect(due).toBe(midnight + day + 5 * minute);
  expect((await historyOf(tenantId)).days).toMatchObject([{ page_views: 2 }]);
});

test("6: while the history is away the day is kept and tried again, also after an eviction", async () => {
  const { object, tenantId } = dayOn("AnalyticsOnFailingD1");
  await object.recordEvents([view()]);
  at(day + 5 * minute);
  history.isDown = true;
  await runDurableObjectAlarm(object);
  const whileAway = await object.getStats();
  const due = await alarmOf(object);
  await evictDurableObject(object);
  history.isDown = false;
  at(day + 10 * minute);

  await runDurableObjectAlarm(object);

  expect(whileAway).toMatchObject({ finalized: false, totals: { pageViews: 1 } });
  expect(due).toBeGreaterThan(midnight + day + 5 * minute);
  expect(due).toBeLessThanOrEqual(midnight + day + 6 * minute);
  expect((await historyOf(tenantId)).days).toMatchObject([{ page_views: 1 }]);
});

test("6: a history that is away for long is tried once an hour", async () => {
  const { object } = dayOn("AnalyticsOnFailingD1");
  await object.recordEvents([view()]);
  history.isDown = true;
  const waits: number[] = [];
  for (const _ of Array(12)) {
    const due = (await alarmOf(object))!;
    at(due - midnight);
    await runDurableObjectAlarm(object);
    waits.push((await alarmOf(object))! - due);
  }

  expect(Math.max(...waits)).toBeLessThanOrEqual(hour);
  expect(waits.at(-1)).toBeGreaterThan(hour / 2);
  expect((await object.getStats()).finalized).toBe(false);
});

test("6: without a database the day is counted and stays due, and who asks for its end is told", async () => {
  const { object } = dayOn("AnalyticsWithoutHistory");
  await object.recordEvents([view()]);

  expect(await failureOf(object.finalize())).toMatchObject({ code: "GROVE-ANALYTICS-002", status: 503 });
  expect(await ask(object, "POST /finalize")).toEqual(
    json(
      {
        ...{ error: "GROVE-ANALYTICS-002", error_code: "GROVE-ANALYTICS-002" },
        error_description: "The history is not available.",
      },
      503,
    ),
  );
  expect(await object.getStats()).toMatchObject({ finalized: false, totals: { pageViews: 1 } });
  expect(await alarmOf(object)).toBe(midnight + day + 5 * minute);
});

test("6: what is counted while the history is being written is not taken for written", async () => {
  const { object, tenantId } = dayOn("AnalyticsOnFailingD1");
  await object.recordEvents([view()]);
  const gate = Promise.withResolvers<void>();
  history.held = gate.promise;

  const ending = object.finalize();
  await object.recordEvents([view({ visitorHash: "meanwhile" })]);
  gate.resolve();
  await ending;
  const { finalized } = await object.getStats();
  await object.finalize();

  expect(finalized).toBe(false);
  expect((await historyOf(tenantId)).days).toMatchObject([{ page_views: 2 }]);
  expect((await object.getStats()).finalized).toBe(true);
});

test("7: a day is UTC's, whatever the clock of the site says", async () => {
  const { object } = newDay();

  await object.recordEvents([view({ timestamp: Date.parse("2030-03-31T23:59:59+00:00") })]);
  await object.recordEvents([view({ timestamp: Date.parse("2030-03-31T23:59:59-10:00") })]);

  expect((await object.getStats()).totals.pageViews).toBe(1);
});
