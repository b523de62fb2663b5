import { misuse } from "../errors.ts";
import type { StandardSchema } from "../data/standard-schema.ts";
import { isThenable } from "../thenable.ts";
import type { Duration } from "../types.ts";
import { cronSeries } from "./cron-engine.ts";
import { waitOf } from "./policy.ts";
import { everySeries, firstLate, isTooLate, type Missed, type Run, type Series } from "./series.ts";

/** When an alarm runs again and again. */
export interface RecurrenceOptions {
  /** The time from one run to the next, at least a second; a run that is late does not move those after it. */
  readonly every?: Duration;
  /** A cron pattern of five fields, or six with seconds. Needs `import "loom-do/cron"`. */
  readonly cron?: string;
  /** The zone whose clock the pattern is read by, as `"Europe/Berlin"`. @default "UTC" */
  readonly timeZone?: string;
  /**
   * What becomes of times that passed while nothing could run: one late run for all of them, none (a run that is a
   * minute late, or half the way to the next, is left out), or one run for each, in order.
   *
   * @default "once"
   */
  readonly missed?: Missed;
}

/** When one alarm runs again and again. */
export interface Recurrence {
  /** What it was declared as: rows made by another declaration are made anew. */
  readonly spec: string;
  /** The first time, for a recurrence that is started at `now`. */
  first(now: number): number;
  /** True when the run of `scheduled` is to be left out at `now`; asked before its first try. */
  skips(scheduled: number, now: number): boolean;
  /** True where each time has its run, one after another. */
  readonly isInOrder: boolean;
  /** The run after that of `scheduled`, which ended at `now`. */
  next(scheduled: number, now: number): Run;
}

// Each run costs rows and a request: what is due more often belongs in a loop of one run.
const leastInterval = 1_000;
/** Refuses options that cannot work; everything but the pattern, which is read when the class is compiled. */
export function checkRecurrence(
  options: RecurrenceOptions & { readonly schema?: StandardSchema },
  where: string,
): void {
  const { every, cron, timeZone, missed, schema } = options;
  if (every !== undefined && cron !== undefined) throw misuse(`${where} has \`every\` and \`cron\`. Keep one.`);
  if (cron === undefined && timeZone !== undefined) {
    throw misuse(`${where}: \`timeZone\` says how a \`cron\` pattern is read. Add \`cron\`, or remove it.`);
  }
  if (every !== undefined) intervalOf(every, where);
  const recurs = every !== undefined || cron !== undefined;
  if (recurs && schema && refusesNothing(schema)) {
    throw misuse(`${where} recurs without a payload, which its schema refuses. Make it optional, or remove it.`);
  }
  if (missed === undefined) return;
  if (!recurs) {
    throw misuse(`${where}: \`missed\` is about alarms that recur. Add \`every\` or \`cron\`, or remove it.`);
  }
  if (!["once", "skip", "all"].includes(missed)) {
    throw misuse(`${where}: missed is ${JSON.stringify(missed)}. Write "once", "skip" or "all".`);
  }
}

function refusesNothing(schema: StandardSchema): boolean {
  const result = schema["~standard"].validate(undefined);
  return !isThenable(result) && "issues" in result && result.issues !== undefined;
}

/** The recurrence that `options` declare; undefined for an alarm that runs when it is told to. */
export function recurrenceOf(options: RecurrenceOptions, where: string): Recurrence | undefined {
  checkRecurrence(options, where);
  const series = seriesOf(options, where);
  if (series === undefined) return undefined;
  const { missed = "once" } = options;
  return {
    spec: series.spec,
    first: (now) => series.after(now, now),
    isInOrder: missed === "all",
    skips: (scheduled, now) => missed === "skip" && isTooLate(series, scheduled, now),
    next: (scheduled, now) => (missed === "all" ? firstLate(series, scheduled, now) : later(series, scheduled, now)),
  };
}

function seriesOf({ every, cron, timeZone = "UTC" }: RecurrenceOptions, where: string): Series | undefined {
  if (every !== undefined) return everySeries(intervalOf(every, where));
  return cron === undefined ? undefined : cronSeries({ pattern: cron, timeZone }, where);
}

function intervalOf(every: Duration, where: string): number {
  const interval = Math.round(waitOf(every, `${where}: every`));
  if (interval >= leastInterval) return interval;
  throw misuse(`${where}: every ${every} is too often. Write at least \`"1s"\`.`);
}

/** One run stands for every time until now; a clock that was set back does not bring a time round again. */
function later(series: Series, scheduled: number, now: number): Run {
  const next = series.after(scheduled, Math.max(scheduled, now));
  return { due: next, scheduled: next };
}
