import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Delivered, Hundred, Three } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";
import { deliveredBy, runNextAlarm } from "./batches.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

const start = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: start });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const itemsOf = (delivered: readonly Delivered[]) => delivered.map(({ items }) => items);

test("what waits is delivered when the first item has waited for `within`, in the order it came", async () => {
  const object = objectOf<Three>("Three");
  await object.add("a");
  vi.setSystemTime(start + 10_000);
  await object.add("b");

  const alarm = await object.alarmAt();
  const hasRun = await runNextAlarm(object);

  expect([alarm, hasRun]).toEqual([start + 60_000, true]);
  expect(await deliveredBy(object)).toEqual([{ id: expect.any(String), attempt: 1, items: ["a", "b"] }]);
  expect([await object.size(), await object.alarmAt()]).toEqual([0, null]);
});

test("a full batch is due at once", async () => {
  const object = objectOf<Three>("Three");
  await object.add("a", "b");
  vi.setSystemTime(start + 1_000);

  await runInDurableObject(object, async (three, { storage }) => {
    three.add("c", "d");
    await Promise.resolve();
    expect(await storage.getAlarm()).toBe(start + 1_000);
  });
});

test("one alarm delivers every full batch, and leaves the rest its time", async () => {
  const object = objectOf<Three>("Three");
  await object.add("a", "b", "c", "d", "e", "f", "g");

  await runNextAlarm(object);

  expect(itemsOf(await deliveredBy(object))).toEqual([
    ["a", "b", "c"],
    ["d", "e", "f"],
  ]);
  expect([await object.size(), await object.alarmAt()]).toEqual([1, start + 60_000]);
});

test("every batch has an id of its own", async () => {
  const object = objectOf<Three>("Three");
  await object.add("a", "b", "c", "d", "e", "f");
  await runNextAlarm(object);
  await object.add("a");
  await runNextAlarm(object);

  const ids = (await deliveredBy(object)).map(({ id }) => id);

  expect(new Set(ids).size).toBe(3);
});

test("flush has what waits delivered now, and does nothing when nothing waits", async () => {
  const object = objectOf<Three>("Three");
  await object.flush();
  const before = await object.alarmAt();
  await object.add("a");

  await object.flush();
  await object.add("b");
  const alarm = await object.alarmAt();
  await runNextAlarm(object);

  expect([before, alarm]).toEqual([null, start]);
  expect(itemsOf(await deliveredBy(object))).toEqual([["a"]]);
});

test("an evicted object goes on as if it had stayed", async () => {
  const object = objectOf<Three>("Three");
  await object.add("a", "b", "c", "d");
  await evictDurableObject(object);
  const size = await object.add("e");
  await evictDurableObject(object);

  await runNextAlarm(object);
  await evictDurableObject(object);
  await object.add("f", "g");
  await runNextAlarm(object);

  expect(size).toBe(5);
  expect(itemsOf(await deliveredBy(object))).toEqual([
    ["a", "b", "c"],
    ["d", "e", "f"],
  ]);
  expect(await object.size()).toBe(1);
});

test("what a caller does with an item after the add changes nothing", async () => {
  const object = objectOf<Hundred>("Hundred");

  await runInDurableObject(object, (hundred) => {
    const item = { tags: ["a"] };
    hundred.add(item);
    item.tags.push("b");
    hundred.add(item);
  });
  await runNextAlarm(object);

  expect(itemsOf(await deliveredBy(object))).toEqual([[{ tags: ["a"] }, { tags: ["a", "b"] }]]);
});

test("items are plain data of every kind", async () => {
  vi.useRealTimers();
  const object = objectOf<Hundred>("Hundred");
  const items = [1n, undefined, null, "text", Number.NaN, new Date(5), new Map([["a", new Set([1])]]), [], {}];

  await object.addAll([...items, new Uint8Array([1, 2])]);
  await evictDurableObject(object);
  await runNextAlarm(object);

  expect(itemsOf(await deliveredBy(object))).toEqual([[...items, new Uint8Array([1, 2])]]);
});

test("what is added while a batch is delivered waits for the next", async () => {
  const object = objectOf<Three>("Three");
  await runInDurableObject(object, (three) => {
    three.during = () => {
      three.during = () => {};
      three.add("c");
    };
  });
  await object.add("a", "b");

  await runNextAlarm(object);

  expect(itemsOf(await deliveredBy(object))).toEqual([["a", "b"]]);
  expect([await object.size(), await object.alarmAt()]).toEqual([1, start + 120_000]);
});

test("an item added by a method that throws is kept, like every write", async () => {
  const object = objectOf<Three>("Three");

  await failureOf(object.addThenThrow("a"));

  expect(await object.size()).toBe(1);
});

test("a batch that fails keeps its members and its id, and holds those behind it", async () => {
  capture();
  const object = objectOf<Three>("Three");
  await object.failNext(1);
  await object.add("a", "b");

  await runNextAlarm(object);
  const alarm = await object.alarmAt();
  await evictDurableObject(object);
  await object.add("c", "d", "e", "f");
  const alarmAfterAdds = await object.alarmAt();
  await runNextAlarm(object);

  const [first, second, third] = await deliveredBy(object);
  expect([first, second]).toEqual([
    { id: first!.id, attempt: 1, items: ["a", "b"] },
    { id: first!.id, attempt: 2, items: ["a", "b"] },
  ]);
  expect(third!.items).toEqual(["c", "d", "e"]);
  expect(alarm).toBeGreaterThanOrEqual(start + 65_000);
  expect(alarm).toBeLessThanOrEqual(start + 70_000);
  expect(alarmAfterAdds).toBe(alarm);
});

test("each failure is logged with its batch and cause, and no caller hears of it", async () => {
  const log = capture();
  const object = objectOf<Three>("Three");
  await object.failNext(1);
  await object.add("a");

  await runNextAlarm(object);

  const [first] = await deliveredBy(object);
  const code = "GROVE-LOOM-052";
  expect(log.only()).toMatchObject({
    level: "error",
    code,
    sink: "save",
    batch: first!.id,
    attempts: 1,
    isLast: false,
  });
});

test("a delivery that takes too long has failed, and the next begins when it has ended", async () => {
  capture();
  const object = objectOf<Three>("Three");
  const [slow, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await runInDurableObject(object, (three) => {
    three.during = () => slow.promise.then(ended.resolve);
  });
  await object.add("a");

  await runNextAlarm(object);
  await runNextAlarm(object);
  const meanwhile = await deliveredBy(object);
  await runInDurableObject(object, async (three) => {
    three.during = () => {};
    slow.resolve();
    await ended.promise;
  });
  await runNextAlarm(object);

  const [first] = meanwhile;
  expect(meanwhile).toEqual([{ id: first!.id, attempt: 1, items: ["a"] }]);
  expect(await deliveredBy(object)).toEqual([first, { ...first!, attempt: 2 }]);
  expect([await object.size(), await object.wasAborted()]).toEqual([0, true]);
});

test("a deleteAll takes what waits, and what is added after it is delivered", async () => {
  const object = objectOf<Three>("Three");
  await object.add("a", "b", "c", "d", "e", "f");

  await runInDurableObject(object, async (three, { storage }) => {
    await storage.deleteAll();
    three.add("g");
  });
  await runNextAlarm(object);
  await runNextAlarm(object);

  expect(itemsOf(await deliveredBy(object))).toEqual([["g"]]);
});

test("a transaction that is taken back takes its adds back, and those only", async () => {
  const object = objectOf<Three>("Three");

  await object.transact(["a"], ["b", "c", "d"], true);
  const size = await object.size();
  await object.transact(["e"], ["f"], false);
  await runNextAlarm(object);

  expect(size).toBe(1);
  expect(itemsOf(await deliveredBy(object))).toEqual([["a", "e", "f"]]);
});

test("a transaction taken back during a delivery does not deliver twice", async () => {
  const object = objectOf<Three>("Three");
  await runInDurableObject(object, (three) => {
    three.during = () => three.transact([], ["x"], true);
  });
  await object.add("a");

  await runNextAlarm(object);

  expect(itemsOf(await deliveredBy(object))).toEqual([["a"]]);
  expect([await object.size(), await object.alarmAt()]).toEqual([0, null]);
});
