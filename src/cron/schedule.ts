import { Cron } from "croner";
import type { CronTime } from "../alarm/cron-engine.ts";
import { Zone } from "./zone.ts";

/** Reads a pattern: its first time after a time. Throws what is wrong with the pattern or the zone. */
export function readCron({ pattern, timeZone }: CronTime): (after: number) => number {
  const zone = zoneOf(timeZone);
  const shownAfter = readPattern(pattern);
  const isHourly = /^@hourly$/i.test(pattern.trim()) || /^[*?]$/.test(pattern.trim().split(/\s+/).at(-4) ?? "");
  const schedule = { zone, shownAfter, isHourly };
  return timeZone === "UTC" ? shownAfter : (after) => nextTime(schedule, after);
}

const longestPattern = 512;

interface Schedule {
  readonly zone: Zone;
  /** What the clock shows at the pattern's next time. */
  readonly shownAfter: (shown: number) => number;
  /** True for a pattern that runs in every hour, and so in both of those that a clock set back shows. */
  readonly isHourly: boolean;
}

function zoneOf(timeZone: string): Zone {
  try {
    return new Zone(timeZone);
  } catch {
    throw new Error(`${JSON.stringify(timeZone)} is no time zone. Write one as "Europe/Berlin".`);
  }
}

// The parser works in UTC, on what the clock shows: its own times of a zone lie in the past during the second of the
// two hours that a clock set back shows (croner 10.0.1), and an alarm set to them would come back at once, for ever.
function readPattern(pattern: string): (shown: number) => number {
  const next = parse(pattern);
  const find = (shown: number) => next.nextRun(new Date(shown))?.getTime();
  if (find(0) === undefined) throw badPattern(pattern, "never comes");
  return (shown) => find(shown) ?? Infinity;
}

function parse(pattern: string): Cron {
  // It may come from anybody, is kept in the alarm's row, and read again for each run.
  if (typeof pattern !== "string" || pattern.length > longestPattern) {
    throw new Error(`\`cron\` is no text of at most ${longestPattern} characters. Write one as "0 9 * * 1-5".`);
  }
  // With a colon it would be read as a date.
  if (pattern.includes(":")) throw badPattern(pattern, "is no cron pattern");
  try {
    return new Cron(pattern, { utcOffset: 0, paused: true, mode: "5-or-6-parts" });
  } catch (error) {
    throw badPattern(pattern, `is no cron pattern (${(error as Error).message.replace(/^CronPattern: /, "")})`);
  }
}

function badPattern(pattern: string, what: string): Error {
  return new Error(`${JSON.stringify(pattern)} ${what}. Write minute, hour, day, month and weekday, as "0 9 * * 1-5".`);
}

/** Looks at every time the clock may show from `after` on, until none can be earlier than the one found. */
function nextTime(schedule: Schedule, after: number): number {
  const { zone, shownAfter } = schedule;
  let best = Infinity;
  let shown = after + Math.min(zone.offset(after), ...zone.around(after));
  do {
    shown = shownAfter(shown);
    const [first = Infinity] = timesFor(schedule, shown).filter((time) => time > after);
    best = Math.min(best, first);
  } while (shown - Math.max(...zone.around(shown)) < best);
  return best;
}

function timesFor({ zone, isHourly }: Schedule, shown: number): number[] {
  const times = zone.timesOf(shown);
  if (isHourly) return times;
  // What a clock set forward leaves out comes as much later as it was set.
  return [times[0] ?? shown - zone.around(shown)[0]];
}
