import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Three, ThrowingOddly, Told } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";
import { deliveredBy, runNextAlarm } from "./batches.ts";

const start = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: start });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The failed batches of `object`, with their items. */
async function failedOf(object: unknown) {
  // RPC types make `never` of a type that holds `unknown`.
  return (object as Told).failed();
}

/** An object whose first batch was given up; two items wait behind it. */
async function withFailedBatch() {
  const log = capture();
  const object = objectOf<Three>("Three");
  await object.failNext(2);
  await object.add("a", "b", "c", "d", "e");
  await runNextAlarm(object);
  await runNextAlarm(object);
  const [failed] = await failedOf(object);
  return { object, log, id: failed!.id };
}

test("after its retries a batch is kept with what it failed with, and the next has its turn", async () => {
  const { object, log, id } = await withFailedBatch();
  await evictDurableObject(object);

  const failed = await failedOf(object);
  await runNextAlarm(object);

  const error = "Error: the sink is down";
  const items = ["a", "b", "c"];
  expect(failed).toEqual([{ id, sink: "save", size: 3, attempts: 2, error, failedAt: expect.any(Date), items }]);
  expect(log.lines.map(({ isLast }) => isLast)).toEqual([false, true]);
  expect((await deliveredBy(object)).map((delivered) => delivered.items)).toEqual([items, items, ["d", "e"]]);
  expect(await object.size()).toBe(0);
});

test("a list of failed batches can be sent: it is without their items", async () => {
  const { object } = await withFailedBatch();

  await runInDurableObject(object, (three) => {
    expect(Object.keys(structuredClone(three["batches"].failed())[0]!)).not.toContain("items");
  });
});

test("retry delivers a failed batch under its id before what waits", async () => {
  const { object, id } = await withFailedBatch();
  await evictDurableObject(object);

  const wasRetried = await object.retry(id);
  const [size, failed] = [await object.size(), await failedOf(object)];
  await evictDurableObject(object);
  await runNextAlarm(object);
  await runNextAlarm(object);

  expect([wasRetried, size, failed]).toEqual([true, 5, []]);
  expect((await deliveredBy(object)).slice(2)).toEqual([
    { id, attempt: 1, items: ["a", "b", "c"] },
    { id: expect.any(String), attempt: 1, items: ["d", "e"] },
  ]);
});

test("a batch that was retried is kept again when it fails again", async () => {
  const { object, id } = await withFailedBatch();
  await object.failNext(2);

  await object.retry(id);
  await runNextAlarm(object);
  await runNextAlarm(object);

  expect((await failedOf(object)).map((batch) => batch.id)).toEqual([id]);
});

test("discard lets go of a failed batch and leaves nothing of it", async () => {
  const { object, id } = await withFailedBatch();

  const [wasThere, isThere] = [await object.discard(id), await object.discard(id)];

  expect([wasThere, isThere, await failedOf(object)]).toEqual([true, false, []]);
  await runInDurableObject(object, (_three, { storage }) => {
    expect([...storage.kv.list({ prefix: "loom:batch-" })]).toEqual([]);
  });
});

test("retry and discard of an unknown id do nothing", async () => {
  const object = objectOf<Three>("Three");

  expect([await object.retry("no such"), await object.discard("no such")]).toEqual([false, false]);
});

test("a delivery that crashed the object while it ran alone counts as a try, one that ran beside others does not", async () => {
  capture();
  const object = objectOf<Three>("Three");
  await object.add("a");
  // What the alarm writes down before it runs a suspect.
  const runWithStrikes = async (strikes: number) => {
    await runInDurableObject(object, (_three, { storage }) => {
      storage.sql.exec("UPDATE loom_alarms SET strikes = ?", strikes);
    });
    await runNextAlarm(object);
  };

  await runWithStrikes(1);
  const delivered = await deliveredBy(object);
  await object.add("b", "c", "d");
  await runWithStrikes(2);
  await runWithStrikes(2);

  const error = "Error: The object was reset during the delivery.";
  expect(delivered.map(({ attempt }) => attempt)).toEqual([1]);
  expect(await deliveredBy(object)).toEqual(delivered);
  expect(await failedOf(object)).toEqual([expect.objectContaining({ attempts: 2, error, items: ["b", "c", "d"] })]);
});

test("crashes are counted on when three of them were none of a delivery's: its alarm waits, and comes again", async () => {
  capture();
  const object = objectOf<Three>("Three");
  const runWithStrikes = async (strikes: number) => {
    await runInDurableObject(object, (_three, { storage }) => {
      storage.sql.exec("UPDATE loom_alarms SET strikes = ?", strikes);
    });
    await runNextAlarm(object);
  };
  await object.add("b", "c", "d");

  await runWithStrikes(3);
  const kept = await object.size();
  await runWithStrikes(2);
  await runWithStrikes(2);

  expect(kept).toBe(3);
  expect(await deliveredBy(object)).toEqual([]);
  expect(await failedOf(object)).toEqual([expect.objectContaining({ attempts: 2, items: ["b", "c", "d"] })]);
});

test("a sink that throws what has no text is kept with what can be said of it", async () => {
  capture();
  const object = objectOf<ThrowingOddly>("ThrowingOddly");
  await object.add("a");

  await runNextAlarm(object);

  expect(await object.errors()).toEqual(["[object Object]"]);
});
