import { createMockDOEnv, wake } from "loom-do/testing";
import { expect, test } from "vitest";
import { Bell, Tally } from "./fixtures.ts";

const noon = Date.UTC(2030, 0, 1, 12);

test("the time of an object stands still at `now`, and `advance` moves it", async () => {
  const bell = wake(Bell, { now: new Date(noon) });

  const before = [await bell.call.now(), await bell.call.made()];
  await bell.advance("90m");

  expect(before).toEqual([noon, noon]);
  expect(await bell.call.now()).toBe(noon + 5_400_000);
});

test("without `now` the time goes on from the real one", async () => {
  const bell = wake(Bell);
  const before = Date.now();

  await bell.advance("1h");
  const inside = await bell.call.now();

  expect(inside - before).toBeGreaterThanOrEqual(3_600_000);
  expect(inside - Date.now()).toBeLessThanOrEqual(3_600_000);
});

test("the time of the test is not touched", async () => {
  const before = Date.now();

  await wake(Bell).advance("365d");

  expect(Date.now() - before).toBeLessThan(60_000);
});

test("what an object waits for comes when its time has come", async () => {
  const bell = wake(Bell, { now: noon });
  const waiting = bell.call.wait(3_600_000);

  await bell.advance("1h");

  expect(await waiting).toBe(noon + 3_600_000);
});

test("an interval ticks on the way", async () => {
  const bell = wake(Bell, { now: noon });
  const ticking = bell.call.every(1_000, 3);

  await bell.advance("1m");

  expect(await ticking).toEqual([noon + 1_000, noon + 2_000, noon + 3_000]);
});

test("an object that blocks its events for longer than 30 seconds is reset", async () => {
  const bell = wake(Bell, { now: noon });
  const failed = expect(bell.call.block()).rejects.toThrow("waited for too long");

  await bell.advance("30s");

  await failed;
  expect(await bell.call.now()).toBe(noon + 30_000);
});

test("short waits need no `advance`", async () => {
  expect(await wake(Bell, { now: noon }).call.wait(1)).toBe(noon + 1);
});

test("all objects of an env have one time", async () => {
  const env = createMockDOEnv({ BELLS: Bell, TALLIES: Tally }, { now: noon });

  await wake(Tally, { env }).advance("1h");

  expect(await env.BELLS.getByName("one").now()).toBe(noon + 3_600_000);
});

test("`now` beside an env that has a time is refused", () => {
  expect(() => wake(Tally, { env: createMockDOEnv(), now: noon })).toThrow("createMockDOEnv(bindings, { now })");
});

test.for([
  ["wake", () => wake(Tally, { now: "noon" })],
  ["createMockDOEnv", () => createMockDOEnv({}, { now: Number.NaN })],
] as const)("a `now` of %s that is no time is refused", ([where, make]) => {
  expect(make).toThrow(
    new RegExp(`${where}: now is (noon|NaN)\\. Write a Date, milliseconds, or "2030-01-01T12:00:00Z"`),
  );
});

test("a length of time that is none is refused", () => {
  expect(() => wake(Bell).advance("soon" as never)).toThrow("advance: soon is not a length of time");
});
