import { createMockDOEnv, wake } from "loom-do/testing";
import { beforeEach, expect, test, vi } from "vitest";
import { Bell } from "./fixtures.ts";

const noon = Date.UTC(2030, 0, 1, 12);

beforeEach(() => {
  Bell.runs.length = 0;
  Bell.failures = 0;
  vi.spyOn(console, "error").mockImplementation(() => {});
  return () => vi.restoreAllMocks();
});

const seconds = (...times: number[]) => times.map((time) => noon + time * 1_000);
const times = () => Bell.runs.map((run) => (run as { at: number }).at);

test("an alarm fires at its time, and not before", async () => {
  const bell = wake(Bell, { now: noon });
  await bell.call.set(noon + 60_000);

  await bell.advance("59s");
  expect(Bell.runs).toEqual([]);
  await bell.advance("1s");

  expect(Bell.runs).toEqual([
    { at: noon + 60_000, scheduledTime: noon + 60_000, retryCount: 0, isRetry: false, set: null },
  ]);
  expect(bell.now).toEqual(new Date(noon + 60_000));
});

test("an alarm fires by itself when its time is real", async () => {
  const bell = wake(Bell);
  await bell.call.set(Date.now() + 1);

  await vi.waitFor(() => expect(Bell.runs).toHaveLength(1));
});

test("a handler that fails runs again after 2, 4, 8 … seconds, six times, and then never", async () => {
  Bell.failures = 100;
  const bell = wake(Bell, { now: noon });
  await bell.call.set(noon + 1_000);

  await bell.advance("1h");

  expect(times()).toEqual(seconds(1, 3, 7, 15, 31, 63, 127));
  expect(Bell.runs.at(-1)).toMatchObject({ retryCount: 6, isRetry: true, scheduledTime: noon + 1_000 });
  expect(await bell.storage.getAlarm()).toBeNull();
});

test("an alarm is kept while its handler has not succeeded", async () => {
  Bell.failures = 1;
  const bell = wake(Bell, { now: noon });
  await bell.call.set(noon + 1_000);

  await bell.advance("1s");
  expect(await bell.storage.getAlarm()).toBe(noon + 1_000);
  await bell.advance("2s");

  expect(await bell.storage.getAlarm()).toBeNull();
  expect(times()).toEqual(seconds(1, 3));
});

test("an alarm that was lost with the process fires again at once, and the try does not count", async () => {
  const bell = wake(Bell, { now: noon });
  await bell.call.set(noon + 1_000);
  await bell.inside((object) => (object.isHanging = true));

  const advanced = bell.advance("1s");
  await vi.waitFor(() => expect(Bell.runs).toHaveLength(1));
  bell.crash();
  await advanced;
  await bell.advance(0);

  expect(Bell.runs).toMatchObject([{ retryCount: 0 }, { retryCount: 0, at: noon + 1_000 }]);
  expect(await bell.storage.getAlarm()).toBeNull();
});

test("an alarm set anew fires once, at the later time", async () => {
  const bell = wake(Bell, { now: noon });
  await bell.call.set(noon + 1_000);
  await bell.call.set(noon + 5_000);

  await bell.advance("1h");

  expect(times()).toEqual(seconds(5));
});

test("a transaction that fails inside the handler leaves the alarm spent", async () => {
  const bell = wake(Bell, { now: noon });
  await bell.inside((object) => (object.setsInVain = true));
  await bell.call.set(noon + 1_000);

  await bell.advance("1h");

  expect(Bell.runs).toEqual([expect.objectContaining({ at: noon + 1_000 }), null]);
});

test("the alarms of many objects fire in the order of their times", async () => {
  const env = createMockDOEnv({ BELLS: Bell }, { now: noon });
  for (const after of [3, 1, 2]) await env.BELLS.getByName(`${after}`).set(noon + after * 1_000);

  await wake(Bell, { env }).advance("1m");

  expect(times()).toEqual(seconds(1, 2, 3));
});

test("an alarm that sets itself for now for ever is told of", async () => {
  const bell = wake(Bell, { now: noon });
  await bell.inside((object) => (object.isRestless = true));
  await bell.call.set(noon + 1_000);

  await expect(bell.advance("1h")).rejects.toThrow(
    "advance: at 2030-01-01T12:00:01.000Z alarms or timers fire for ever",
  );
});

test("an alarm of the past fires now", async () => {
  const bell = wake(Bell, { now: noon });
  await bell.call.set(1);

  await bell.advance(0);

  expect(times()).toEqual([noon]);
});

test("an alarm fires in an object that was evicted, and in one over its storage", async () => {
  const first = wake(Bell, { now: noon });
  await first.call.set(noon + 1_000);
  await first.evict();
  const second = wake(Bell, { now: noon, storage: first.storage });

  await second.advance("1s");

  expect(times()).toEqual(seconds(1));
});

test("a class without alarm() cannot set one", async () => {
  const { alarm: _, ...methods } = Object.getOwnPropertyDescriptors(Bell.prototype);
  class Mute {
    readonly ctx: DurableObjectState;
    constructor(ctx: DurableObjectState) {
      this.ctx = ctx;
    }
  }
  Object.defineProperties(Mute.prototype, { set: methods.set });
  const mute = wake(Mute as never) as unknown as { call: Bell };

  await expect(mute.call.set(noon)).rejects.toThrow("must have an alarm() handler");
});
