import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Hundred } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";
import { runNextAlarm } from "./batches.ts";

// The platform's own clock is years behind: no alarm runs before a test asks for it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const event = { path: "/articles/how-to-grow-tomatoes", at: 1_900_000_000_000, visitor: "0123456789abcdef", ms: 120 };

/** An object whose tables exist: the first batch made them. */
async function warm() {
  const object = objectOf<Hundred>("Hundred");
  await object.add(event);
  await runNextAlarm(object);
  return { object, before: await object.rowsWritten() };
}

async function addOneByOne(object: DurableObjectStub<Hundred>, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await object.add(event);
}

test("a hundred items in a hundred requests are 108 rows, in and out, those of the alarm included", async () => {
  const { object, before } = await warm();

  await addOneByOne(object, 100);
  const added = await object.rowsWritten();
  await runNextAlarm(object);
  const after = await object.rowsWritten();

  expect(await object.size()).toBe(0);
  expect([added - before, after - added]).toEqual([104, 4]);
});

test("a hundred items in one request are six rows", async () => {
  const { object, before } = await warm();

  await object.addAll(Array.from({ length: 100 }, () => event));
  await runNextAlarm(object);

  expect((await object.rowsWritten()) - before).toBe(6);
});

test("sixty items in sixty requests that wait for their time are 67 rows", async () => {
  const { object, before } = await warm();

  await addOneByOne(object, 60);
  await runNextAlarm(object);

  expect((await object.rowsWritten()) - before).toBe(67);
});

test("an object that uses no batches reads and writes nothing for them", async () => {
  const object = objectOf<Hundred>("Hundred");
  const rows = await object.rowsWritten();
  await evictDurableObject(object);

  expect([rows, await object.rowsWritten(), await object.alarmAt()]).toEqual([0, 0, null]);
});
