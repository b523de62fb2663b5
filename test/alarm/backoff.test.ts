import { expect, test } from "vitest";
import { waitAfter } from "../../src/alarm/policy.ts";

const terms = { retries: 9, backoff: 1_000, timeout: 1 };

test("waits of alarms that failed together differ, between half of what the tries ask for and all of it", () => {
  const waits = Array.from({ length: 200 }, () => waitAfter(4, terms));

  expect(Math.min(...waits)).toBeGreaterThanOrEqual(4_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(8_000);
  expect(new Set(waits).size).toBeGreaterThan(20);
});

test("a wait grows to an hour and no further", () => {
  expect(waitAfter(60, terms)).toBeGreaterThanOrEqual(30 * 60_000);
  expect(waitAfter(60, terms)).toBeLessThanOrEqual(60 * 60_000);
});

test("no wait is none after any number of tries", () => {
  expect(waitAfter(2_000, { ...terms, backoff: 0 })).toBe(0);
});
