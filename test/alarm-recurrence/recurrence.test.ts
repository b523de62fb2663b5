import "loom-do/cron";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Alarm } from "../../decorators/alarm.ts";
import { LoomDO } from "../../src/base.ts";
import { blueprintOf } from "../../src/blueprint.ts";
import { checkRecurrence, recurrenceOf, type RecurrenceOptions } from "../../src/alarm/recurrence.ts";

const hour = 3_600_000;
const nine = Date.UTC(2026, 0, 1, 9);
const read = (options: RecurrenceOptions) => recurrenceOf(options, "@Alarm x")!;

test("an interval begins one interval after its start, a pattern at its next time", () => {
  expect(read({ every: "1h" }).first(nine)).toBe(nine + hour);
  expect(read({ cron: "30 9 * * *" }).first(nine)).toBe(nine + hour / 2);
});

test.for<[RecurrenceOptions["missed"], number, number, number]>([
  ["once", 5, nine + hour, nine + hour],
  ["once", 3.5 * hour, nine + 4 * hour, nine + 4 * hour],
  ["skip", 3.5 * hour, nine + 4 * hour, nine + 4 * hour],
  ["all", 5, nine + hour, nine + hour],
  ["all", 3.5 * hour, nine + 3.5 * hour + 50, nine + hour],
])("missed %s: a run of nine that ends %i ms late", ([missed, late, due, scheduled]) => {
  expect(read({ every: "1h", missed: missed! }).next(nine, nine + late)).toEqual({ due, scheduled });
});

test.for<[RecurrenceOptions["missed"], RecurrenceOptions["every"], number, boolean]>([
  ["once", "1h", 5 * hour, false],
  ["all", "1h", 5 * hour, false],
  ["skip", "1h", 60_000, false],
  ["skip", "1h", 60_001, true],
  ["skip", "10s", 5_000, false],
  ["skip", "10s", 5_001, true],
])("missed %s, every %s: a run that is %i ms late", ([missed, every, late, isSkipped]) => {
  expect(read({ every: every!, missed: missed! }).skips(nine, nine + late)).toBe(isSkipped);
});

const intervals = fc.integer({ min: 1_000, max: 400 * 24 * hour });
const times = fc.integer({ min: 0, max: 4_000_000_000_000 });

test("runs stay on the grid of the first, whatever the delays and however the clock is set", () => {
  fc.assert(
    fc.property(intervals, times, fc.array(fc.integer({ min: -hour, max: 50 * hour })), (every, start, drifts) => {
      const recurrence = read({ every });
      let scheduled = recurrence.first(start);
      for (const drift of drifts) {
        const now = scheduled + drift;
        const next = recurrence.next(scheduled, now);

        expect((next.scheduled - start) % every).toBe(0);
        expect(next.due).toBe(next.scheduled);
        expect(next.due).toBeGreaterThan(Math.max(scheduled, now));
        expect(next.due - Math.max(scheduled, now)).toBeLessThanOrEqual(every);
        scheduled = next.scheduled;
      }
    }),
  );
});

test("missed all: every time of the grid has its run, in order, none at once after another", () => {
  fc.assert(
    fc.property(intervals, times, fc.array(fc.integer({ min: -hour, max: 50 * hour })), (every, start, drifts) => {
      const recurrence = read({ every, missed: "all" });
      let scheduled = recurrence.first(start);
      for (const drift of drifts) {
        const now = scheduled + drift;
        const next = recurrence.next(scheduled, now);

        expect(next.scheduled).toBe(scheduled + every);
        expect(next.due).toBeGreaterThan(now);
        scheduled = next.scheduled;
      }
    }),
  );
});

test.for<[RecurrenceOptions, string]>([
  [{ every: "500ms" }, 'every 500ms is too often. Write at least `"1s"`'],
  [{ every: 0 }, 'every 0 is too often. Write at least `"1s"`'],
  [{ every: "1200d" }, "every: 1200d is over three years"],
  [{ every: "soon" as "1s" }, "every: soon is not a length of time"],
  [{ every: "1h", cron: "* * * * *" }, "@Alarm x has `every` and `cron`. Keep one."],
  [{ every: "1h", timeZone: "UTC" }, "Add `cron`, or remove it"],
  [{ missed: "all" }, "Add `every` or `cron`, or remove it"],
  [{ every: "1h", missed: "never" as "skip" }, 'missed is "never". Write "once", "skip" or "all"'],
])("%j is refused at declaration", ([options, text]) => {
  expect(() => checkRecurrence(options, "@Alarm x")).toThrow(text);
});

test.for<[RecurrenceOptions, string]>([
  [{ cron: "61 * * * *" }, '@Alarm x: "61 * * * *" is no cron pattern'],
  [{ cron: "0 9 * * *", timeZone: "Mars/Olympus" }, '@Alarm x: "Mars/Olympus" is no time zone'],
])("%j is refused when the class is compiled", ([options, text]) => {
  expect(() => read(options)).toThrow(text);
});

test("a declaration that means the same has the same spec", () => {
  expect(read({ every: "1h" }).spec).toBe(read({ every: 3_600_000 }).spec);
  expect(read({ cron: "0 9 * * *" }).spec).toBe(read({ cron: "0 9 * * *", timeZone: "UTC" }).spec);
  expect(read({ cron: "0 9 * * *" }).spec).not.toBe(read({ cron: "0 9 * * *", timeZone: "Asia/Tokyo" }).spec);
});

test("a class whose pattern cannot be read says so when it is compiled", () => {
  class Misread extends LoomDO {
    @Alarm("digest", { cron: "0 25 * * *" }) digest() {}
  }

  expect(() => blueprintOf(Misread)).toThrow('@Alarm digest: "0 25 * * *" is no cron pattern');
});

test("an interval that cannot be says so when the class is defined", () => {
  const define = () =>
    class extends LoomDO {
      @Alarm("digest", { every: "10ms" }) digest() {}
    };

  expect(define).toThrow("@Alarm digest: every 10ms is too often");
});
