import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { internals } from "../../src/object/internals.ts";
import type { Hundred, Sinks } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";
import { deliveredBy, runNextAlarm } from "./batches.ts";

// The platform's own clock is years behind: no alarm runs before a test asks for it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const texts = async (object: unknown) => (await deliveredBy(object)).flatMap(({ items }) => items);

test("sinks may be inherited, overridden, declared anew, private and locked: each has a queue of its own", async () => {
  const object = objectOf<Sinks>("Sinks");
  await object.add("a");
  await runNextAlarm(object);
  const atOnce = await texts(object);
  await object.addToParents("a");
  await evictDurableObject(object);
  await object.add("b");
  await object.addToParents("b");

  await runNextAlarm(object);

  expect(atOnce.toSorted()).toEqual(["a", "child's a"]);
  expect((await texts(object)).toSorted()).toEqual([
    ...["a", "b", "child's a", "child's a", "child's b", "child's b", "hidden a", "hidden b"],
    ...["inherited a", "inherited b", "parent's hidden a", "parent's hidden b"],
  ]);
});

test("a sink is named by its method's name too", async () => {
  const object = objectOf<Hundred>("Hundred");

  await object.addByName("save", "a");

  expect(await object.size()).toBe(1);
});

test("a sink cannot be called from outside", async () => {
  const object = objectOf<Hundred>("Hundred");

  const error = await failureOf((object as unknown as { save(items: unknown[]): Promise<void> }).save([]));

  expect(error).toMatchObject({ message: expect.stringContaining("does not implement") });
});

test("one sink that fails does not hold another", async () => {
  capture();
  const object = objectOf<Sinks>("Sinks");
  await object.failNext(1);
  await object.add("a");
  await object.add("b");

  await runNextAlarm(object);

  const delivered = await texts(object);
  expect(delivered).toContain("inherited b");
  expect(delivered).toContain("child's b");
});

test("items of a sink that the class has lost are kept and told of, and delivered when it is back", async () => {
  const log = capture();
  const object = objectOf<Hundred>("Hundred");
  await object.add("a");
  await evictDurableObject(object);

  await runInDurableObject(object, (hundred) => {
    const own = hundred[internals] as { blueprint: object };
    own.blueprint = { ...own.blueprint, alarms: new Map(), batches: undefined };
  });
  await runNextAlarm(object);
  const [whileLost, alarm] = [await deliveredBy(object), await object.alarmAt()];
  await evictDurableObject(object);
  await runNextAlarm(object);

  expect(whileLost).toEqual([]);
  expect(alarm).not.toBe(null);
  expect(JSON.stringify(log.lines[0])).toContain(
    'The alarm \\"loom:batch:save\\" has no handler in this version of the class.',
  );
  expect(await texts(object)).toEqual(["a"]);
});
