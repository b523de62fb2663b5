import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Cache } from "../../src/cache.ts";
import { Call } from "../support/calls.ts";

const lines = vi.spyOn(console, "error");

beforeEach(() => {
  vi.useFakeTimers();
  lines.mockReset().mockImplementation(() => {});
});
afterEach(() => void vi.useRealTimers());

const options = { ttl: "1m", staleOnError: true } as const;
const offline = () => Promise.reject(new Error("offline"));

test("staleOnError serves the last good result, however old, when a refresh fails, and logs why", async () => {
  const cache = new Cache();
  await cache.remember("a", () => "good", options);
  vi.advanceTimersByTime(7 * 86_400_000);

  const results = [await cache.remember("a", offline, options), await cache.remember("a", offline, options)];

  expect(results).toEqual(["good", "good"]);
  expect(lines).toHaveBeenCalledTimes(2);
  expect(JSON.parse(lines.mock.calls[0]![0])).toMatchObject({
    message: 'remember("a") failed: the last good result is served',
    cause: { message: "offline" },
  });
});

test("the next good result takes the place of the stale one", async () => {
  const cache = new Cache();
  await cache.remember("a", () => "good", options);
  vi.advanceTimersByTime(60_000);
  await cache.remember("a", offline, options);

  const next = await cache.remember("a", () => "better", options);

  expect([next, await cache.remember("a", offline, options)]).toEqual(["better", "better"]);
});

test("with nothing good to serve, a failure is a failure", async () => {
  await expect(new Cache().remember("a", offline, options)).rejects.toThrow("offline");
});

test("what was cleared is not served, also if the refresh was running", async () => {
  const cache = new Cache();
  const refresh = new Call();
  await cache.remember("a", () => "good", options);
  vi.advanceTimersByTime(60_000);
  const result = cache.remember("a", refresh.run, options);

  cache.clear("a");
  refresh.reject(new Error("offline"));

  await expect(result).rejects.toThrow("offline");
});

test("without staleOnError a failed refresh fails", async () => {
  const cache = new Cache();
  await cache.remember("a", () => "good", { ttl: "1m" });
  vi.advanceTimersByTime(60_000);

  await expect(cache.remember("a", offline, { ttl: "1m" })).rejects.toThrow("offline");
});
