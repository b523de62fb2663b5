import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CheckedItems, Dropping, DroppingOnce, Hundred, Rejecting } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
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

const six = ["a", "b", "c", "d", "e", "f"];

test("a full sink rejects an item with 053, and takes the next when a batch is gone", async () => {
  capture();
  const object = objectOf<Rejecting>("Rejecting");
  await object.add(...six.slice(0, 5));

  const error = await failureOf(object.add("f", "g"));
  await evictDurableObject(object);
  const errorAfterWake = await failureOf(object.add("h"));
  await runNextAlarm(object);

  expect([error, errorAfterWake]).toEqual([
    expect.objectContaining({ code: "GROVE-LOOM-053", status: 503 }),
    expect.objectContaining({ code: "GROVE-LOOM-053", status: 503 }),
  ]);
  expect((await deliveredBy(object)).flatMap(({ items }) => items)).toEqual(six);
  expect(await object.add("i")).toBe(1);
});

test("a full sink drops the oldest item, but none of the batch that is next", async () => {
  capture();
  const object = objectOf<Dropping>("Dropping");
  await object.add(...six);
  await evictDurableObject(object);

  const size = await object.add("g", "h");
  await runNextAlarm(object);
  await runNextAlarm(object);

  expect(size).toBe(6);
  expect((await deliveredBy(object)).map(({ items }) => items)).toEqual([["a", "b", "c"], ["f"], ["g", "h"]]);
});

test("a batch in backoff keeps its members while others are dropped", async () => {
  capture();
  const object = objectOf<Dropping>("Dropping");
  await object.failNext(1);
  await object.add("a", "b", "c");
  await runNextAlarm(object);

  await object.add("d", "e", "f", "g", "h", "i", "j", "k");
  await runNextAlarm(object);

  const [first, second, ...rest] = await deliveredBy(object);
  expect(second).toEqual({ ...first!, attempt: 2 });
  expect(rest.flatMap(({ items }) => items)).toEqual(["i"]);
  expect(await object.add()).toBe(2);
});

test("what finds no room is counted, and logged once in ten seconds at most", async () => {
  const log = capture();
  const object = objectOf<Dropping>("Dropping");
  await object.add(...six, "g", "h", "i");
  vi.setSystemTime(start + 10_000);
  await object.add("j");
  await object.add("k");

  await runNextAlarm(object);

  expect(log.lines.map(({ level, sink, dropped, capacity }) => [level, sink, dropped, capacity])).toEqual([
    ["warn", "save", 1, 6],
    ["warn", "save", 3, 6],
    ["warn", "save", 1, 6],
  ]);
});

test("what cannot be stored is refused with 043, and nothing of it is kept", async () => {
  const object = objectOf<Hundred>("Hundred");
  const tooLarge = "x".repeat(2 * 1024 * 1024);

  const error = await failureOf(object.add(tooLarge));

  expect(error).toMatchObject({
    code: "GROVE-LOOM-043",
    message: expect.stringContaining("@Batched save: the item takes"),
  });
  expect([await object.size(), await object.alarmAt()]).toEqual([0, null]);
});

test("an item may be as large as a row", async () => {
  const object = objectOf<Hundred>("Hundred");
  const large = "x".repeat(2 * 1024 * 1024 - 3_000);

  await object.addAll(["a", large, "b"]);
  await evictDurableObject(object);
  await runNextAlarm(object);

  expect((await deliveredBy(object)).map(({ items }) => items)).toEqual([["a", large, "b"]]);
});

test("an item that does not fit the schema is 024 with its issues; one that fits is stored as it is parsed", async () => {
  const object = objectOf<CheckedItems>("CheckedItems");

  const error = await failureOf(object.add({ at: "not a number" }));
  await object.add({ at: "5" });
  await runNextAlarm(object);

  expect(error).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect((await deliveredBy(object)).map(({ items }) => items)).toEqual([[{ at: 5 }]]);
});

test.for(["awake", "evicted"] as const)(
  "a batch that a sink was given keeps its members when another is retried before it: %s",
  async (kind) => {
    capture();
    const object = objectOf<DroppingOnce>("DroppingOnce");
    await object.failNext(3);
    await object.add("a", "b", "c");
    await runNextAlarm(object);
    await runNextAlarm(object);
    await object.add("d", "e", "f");
    await runNextAlarm(object);
    const [failed] = (await object.failed()) as unknown as { id: string }[];
    await object.retry(failed!.id);
    if (kind === "evicted") await evictDurableObject(object);

    await object.add("g", "h", "i");
    while ((await deliveredBy(object)).length < 6 && (await runNextAlarm(object)));

    const delivered = await deliveredBy(object);
    const members = Map.groupBy(delivered, ({ id }) => id);
    for (const tries of members.values()) expect(new Set(tries.map(({ items }) => items.join())).size).toBe(1);
    expect(delivered.map(({ items }) => items.join(""))).toEqual(["abc", "abc", "def", "abc", "def", "i"]);
  },
);
