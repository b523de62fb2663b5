import fc from "fast-check";
import { expect, test } from "vitest";
import { nextRun } from "../../src/cron.ts";

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"];
const minutes = ["*", "*/15", "0,30", "45", "7"];
const hours = ["*", "*/2", "1-3", "0", "2"];
const cases = fc.record({
  timeZone: fc.constantFrom(...zones),
  pattern: fc
    .tuple(fc.constantFrom(...minutes), fc.constantFrom(...hours))
    .map(([minute, hour]) => `${minute} ${hour} * * *`),
  after: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) }),
});

test("the next time is always later, and nothing lies between it and the time asked for", () => {
  fc.assert(
    fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), ({ pattern, timeZone, after }, share) => {
      const next = nextRun(pattern, { timeZone, after }).getTime();
      const between = Math.min(next - 1, after + Math.floor((next - after) * share));

      expect(next).toBeGreaterThan(after);
      expect(nextRun(pattern, { timeZone, after: between }).getTime()).toBe(next);
    }),
    { numRuns: 150 },
  );
});

test("a pattern for every hour never leaves an hour out and never doubles one", () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), cases, (timeZone, { after }) => {
      const first = nextRun("0 * * * *", { timeZone, after });
      const second = nextRun("0 * * * *", { timeZone, after: first });

      expect((second.getTime() - first.getTime()) / 1_800_000).toBeOneOf(
        timeZone === "Australia/Lord_Howe" ? [1, 2, 3] : [2],
      );
    }),
    { numRuns: 150 },
  );
});
