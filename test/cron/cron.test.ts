import { nextRun } from "loom-do/cron";
import { expect, test } from "vitest";

/** The times of `pattern` from `after` on, as UTC to the minute. */
function times(pattern: string, timeZone: string, after: string, count = 4): string[] {
  const found: string[] = [];
  for (let at = new Date(after); found.length < count;) {
    at = nextRun(pattern, { timeZone, after: at });
    found.push(at.toISOString().slice(0, 16));
  }
  return found;
}

test.for<[string, string, string, string, string[]]>([
  [
    "a time that Berlin's clock leaves out in spring comes an hour later, once",
    ...(["30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z"] as const),
    ["2026-03-29T01:30", "2026-03-30T00:30", "2026-03-31T00:30"],
  ],
  [
    "half-hours go on evenly over Berlin's spring",
    ...(["*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00Z"] as const),
    ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T02:00"],
  ],
  [
    "a time that Berlin's clock shows twice in autumn comes the first time only",
    ...(["30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z"] as const),
    ["2026-10-25T00:30", "2026-10-26T01:30", "2026-10-27T01:30"],
  ],
  [
    "half-hours go on evenly over Berlin's autumn",
    ...(["*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00Z"] as const),
    ["2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30", "2026-10-25T02:00", "2026-10-25T02:30"],
  ],
  [
    "a start in the second of the two hours finds what is left of it",
    ...(["@hourly", "Europe/Berlin", "2026-10-25T00:59Z"] as const),
    ["2026-10-25T01:00", "2026-10-25T02:00"],
  ],
  [
    "a fixed time asked for in the second of the two hours is the next day's",
    ...(["30 2 * * *", "Europe/Berlin", "2026-10-25T01:10Z"] as const),
    ["2026-10-26T01:30"],
  ],
  [
    "New York's spring",
    ...(["30 2 * * *", "America/New_York", "2026-03-07T12:00Z"] as const),
    ["2026-03-08T07:30", "2026-03-09T06:30"],
  ],
  [
    "New York's autumn, a fixed time",
    ...(["30 1 * * *", "America/New_York", "2026-10-31T12:00Z"] as const),
    ["2026-11-01T05:30", "2026-11-02T06:30"],
  ],
  [
    "New York's autumn, every quarter",
    ...(["*/15 * * * *", "America/New_York", "2026-11-01T05:30Z"] as const),
    ["2026-11-01T05:45", "2026-11-01T06:00", "2026-11-01T06:15", "2026-11-01T06:30", "2026-11-01T06:45"],
  ],
  [
    "a day that begins at one o'clock",
    ...(["0 0 * * *", "America/Sao_Paulo", "2018-11-03T00:00Z"] as const),
    ["2018-11-03T03:00", "2018-11-04T03:00", "2018-11-05T02:00"],
  ],
  [
    "a clock that is set back by half an hour",
    ...(["*/15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:40Z"] as const),
    ["2026-04-04T14:45", "2026-04-04T15:00", "2026-04-04T15:15", "2026-04-04T15:30"],
  ],
  [
    "a day that a zone left out",
    ...(["0 12 * * *", "Pacific/Apia", "2011-12-29T00:00Z"] as const),
    ["2011-12-29T22:00", "2011-12-30T22:00", "2011-12-31T22:00"],
  ],
  [
    "a zone that never sets its clock",
    ...(["0 9 * * *", "Asia/Kolkata", "2026-03-28T12:00Z"] as const),
    ["2026-03-29T03:30", "2026-03-30T03:30", "2026-03-31T03:30"],
  ],
  [
    "the 31st passes over shorter months",
    ...(["0 0 31 * *", "UTC", "2026-01-30T00:00Z"] as const),
    ["2026-01-31T00:00", "2026-03-31T00:00", "2026-05-31T00:00"],
  ],
  [
    "L is a month's last day",
    ...(["0 0 L * *", "Europe/Berlin", "2028-01-30T00:00Z"] as const),
    ["2028-01-30T23:00", "2028-02-28T23:00", "2028-03-30T22:00"],
  ],
  [
    "a leap day comes every four years",
    ...(["0 0 29 2 *", "UTC", "2026-01-01T00:00Z"] as const),
    ["2028-02-29T00:00", "2032-02-29T00:00"],
  ],
  ["2100 has no leap day", ...(["0 0 29 2 *", "UTC", "2096-03-01T00:00Z"] as const), ["2104-02-29T00:00"]],
  [
    "working days at nine",
    ...(["0 9 * * MON-FRI", "Europe/Berlin", "2026-10-23T08:00Z"] as const),
    ["2026-10-26T08:00", "2026-10-27T08:00"],
  ],
])("%s", ([, pattern, timeZone, after, expected]) => {
  expect(times(pattern, timeZone, after, expected.length)).toEqual(expected);
});

test("six fields begin with seconds", () => {
  const after = new Date("2026-01-01T00:00:00.500Z");

  expect(nextRun("*/20 * * * * *", { after }).toISOString()).toBe("2026-01-01T00:00:20.000Z");
});

test("without a zone a pattern is read in UTC, without a time from now on", () => {
  expect(nextRun("0 9 * * *").getUTCHours()).toBe(9);
  expect(nextRun("* * * * *").getTime()).toBeGreaterThan(Date.now());
});

test.for([
  ["61 * * * *", "UTC", '"61 * * * *" is no cron pattern (Invalid value for minute: 61)'],
  ["* * * *", "UTC", '"* * * *" is no cron pattern'],
  [`${"0,".repeat(256)}0 * * * *`, "UTC", "`cron` is no text of at most 512 characters."],
  [5 as never, "UTC", "`cron` is no text of at most 512 characters."],
  ["0 0 1 1 * * 2030", "UTC", '"0 0 1 1 * * 2030" is no cron pattern'],
  ["2026-01-01T00:00:00", "UTC", '"2026-01-01T00:00:00" is no cron pattern. Write minute, hour, day'],
  ["0 0 30 2 *", "UTC", '"0 0 30 2 *" never comes'],
  ["0 9 * * *", "Mars/Olympus", '"Mars/Olympus" is no time zone. Write one as "Europe/Berlin"'],
] as const)("%s in %s is refused", ([pattern, timeZone, text]) => {
  expect(() => nextRun(pattern, { timeZone })).toThrow(`nextRun: ${text}`);
});
