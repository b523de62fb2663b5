import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Cache } from "../../src/cache.ts";
import { Call, microtasks } from "../support/calls.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const fresh = { ttl: "1m" } as const;

function counter() {
  let count = 0;
  return () => ++count;
}

test("a result is kept for its time to live, and no longer", async () => {
  const cache = new Cache();
  const load = counter();

  const first = await cache.remember("a", load, fresh);
  vi.advanceTimersByTime(59_999);
  const kept = await cache.remember("a", load, fresh);
  vi.advanceTimersByTime(1);
  const next = await cache.remember("a", load, fresh);

  expect([first, kept, next]).toEqual([1, 1, 2]);
});

test("undefined is a result like any other", async () => {
  const cache = new Cache();
  const load = vi.fn(() => undefined);

  await cache.remember("a", load, fresh);
  await cache.remember("a", load, fresh);

  expect(load).toHaveBeenCalledTimes(1);
});

test("calls that overlap run once", async () => {
  const cache = new Cache();
  const call = new Call();
  const load = vi.fn(call.run);

  const results = [1, 2, 3].map(() => cache.remember("a", load, fresh));
  call.resolve("once");

  expect(await Promise.all(results)).toEqual(["once", "once", "once"]);
  expect(load).toHaveBeenCalledTimes(1);
});

test("a failure reaches every caller and is not kept", async () => {
  const cache = new Cache();
  const call = new Call();

  const results = [1, 2].map(() => cache.remember("a", call.run, fresh));
  call.reject(new Error("offline"));

  expect((await Promise.allSettled(results)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await cache.remember("a", () => "back", fresh)).toBe("back");
});

test("a loader that throws in the same turn is a failure like any other", async () => {
  const cache = new Cache();
  const load = (): never => {
    throw new Error("at once");
  };

  await expect(cache.remember("a", load, fresh)).rejects.toThrow("at once");
  expect(await cache.remember("a", () => "back", fresh)).toBe("back");
});

test("results are kept for each set of arguments", async () => {
  const cache = new Cache();
  const load = counter();

  const ask = (...args: unknown[]) => cache.remember("a", load, { ...fresh, args });

  expect([await ask(1), await ask(2), await ask(1), await ask()]).toEqual([1, 2, 1, 3]);
});

test("the result used longest ago goes when there are too many", async () => {
  const cache = new Cache();
  const load = counter();
  const ask = (arg: string) => cache.remember("a", load, { ...fresh, max: 2, args: [arg] });

  const asked = [await ask("x"), await ask("y"), await ask("x"), await ask("z"), await ask("x"), await ask("y")];

  expect(asked).toEqual([1, 2, 1, 3, 1, 4]);
});

test("a result whose arguments are very long is not kept", async () => {
  const cache = new Cache();
  const load = counter();
  const args = ["x".repeat(10_000)];

  expect([
    await cache.remember("a", load, { ...fresh, args }),
    await cache.remember("a", load, { ...fresh, args }),
  ]).toEqual([1, 2]);
});

test("a hung call is joined for 30 seconds, then the next caller starts another", async () => {
  const cache = new Cache();
  const [hung, second] = [new Call(), new Call()];
  const first = cache.remember("a", hung.run, fresh);
  vi.advanceTimersByTime(30_000);
  void cache.remember("a", second.run, fresh);
  const startedTooSoon = second.hasStarted;

  vi.advanceTimersByTime(1);
  const results = [1, 2].map(() => cache.remember("a", second.run, fresh));
  second.resolve("second");

  expect(startedTooSoon).toBe(false);
  expect(await Promise.all(results)).toEqual(["second", "second"]);
  hung.resolve("late");
  expect(await first).toBe("late");
  expect(await cache.remember("a", counter(), fresh)).toBe("second");
});

test("a hung call that ends at last leaves the one that took its place alone", async () => {
  const cache = new Cache();
  const [hung, second, third] = [new Call(), new Call(), new Call()];
  void cache.remember("a", hung.run, fresh);
  vi.advanceTimersByTime(30_001);
  const result = cache.remember("a", second.run, fresh);

  hung.resolve("late");
  await microtasks();
  void cache.remember("a", third.run, fresh);
  second.resolve("second");

  expect(await result).toBe("second");
  expect(third.hasStarted).toBe(false);
});

test("`timeout` says how long a running call is joined", async () => {
  const cache = new Cache();
  const [hung, second] = [new Call(), new Call()];
  void cache.remember("a", hung.run, { ...fresh, timeout: "2s" });

  vi.advanceTimersByTime(2_001);
  void cache.remember("a", second.run, { ...fresh, timeout: "2s" });

  expect(second.hasStarted).toBe(true);
});

test("a call that asks for its own result fails instead of waiting for itself", async () => {
  const cache = new Cache();
  const ask = (): Promise<unknown> => cache.remember("a", () => ask(), fresh);

  await expect(ask()).rejects.toThrow('remember("a"): the call asks for its own result');
});

test("a call may ask for a result with other arguments", async () => {
  const cache = new Cache();
  const factorial = (n: number): Promise<number> =>
    cache.remember("factorial", async () => (n === 0 ? 1 : n * (await factorial(n - 1))), { ...fresh, args: [n] });

  expect(await factorial(5)).toBe(120);
});

test("clear forgets one set of arguments, one method, or everything", async () => {
  const cache = new Cache();
  const load = counter();
  const ask = (name: string, arg: number) => cache.remember(name, load, { ...fresh, args: [arg] });
  const all = async () => [await ask("a", 1), await ask("a", 2), await ask("b", 1)];
  await all();

  cache.clear("a", 2);
  const afterOne = await all();
  cache.clear("a");
  const afterMethod = await all();
  cache.clear();
  const afterAll = await all();

  expect([afterOne, afterMethod, afterAll]).toEqual([
    [1, 4, 3],
    [5, 6, 3],
    [7, 8, 9],
  ]);
});

test("a call that was running when its result was cleared is not kept, and not joined", async () => {
  const cache = new Cache();
  const [old, next] = [new Call(), new Call()];
  const before = cache.remember("a", old.run, fresh);

  cache.clear("a");
  const after = cache.remember("a", next.run, fresh);
  next.resolve("next");
  await microtasks();
  old.resolve("old");

  expect([await before, await after]).toEqual(["old", "next"]);
  expect(await cache.remember("a", () => "other", fresh)).toBe("next");
});

test("nothing is left running: a cache needs no timer", async () => {
  const cache = new Cache();

  await cache.remember("a", () => 1, { ...fresh, timeout: "1s" });

  expect(vi.getTimerCount()).toBe(0);
});

test("`max` and the time to live are checked", async () => {
  const cache = new Cache();

  await expect(cache.remember("a", () => 1, { ...fresh, max: 0 })).rejects.toThrow('remember("a"): `max` is 0.');
  await expect(cache.remember("a", () => 1, { ttl: "soon" as never })).rejects.toThrow("soon is not a length of time");
});
