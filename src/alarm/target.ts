import type { StandardSchema } from "../data/standard-schema.ts";
import type { Method } from "../declare/wrap.ts";
import type { AnyLoomDO, Duration } from "../types.ts";
import type { RecurrenceOptions } from "./recurrence.ts";

/** What a handler is told of the run it is in. */
export interface AlarmInfo {
  /** 1 for the first try. */
  readonly attempt: number;
  /** When it was to run: a retry keeps the time of the first try. */
  readonly scheduledTime: Date;
  /** The `key` it was scheduled with. */
  readonly key: string | undefined;
  /** Aborted when the run is out of time. */
  readonly signal: AbortSignal;
}

/** How often, how long and how many at a time a handler is run. */
export interface AlarmPolicy {
  /** Tries after the first before the alarm is kept in `failed()`; `Infinity` never gives up. @default 5 */
  readonly retries?: number;
  /** The wait before the first retry; doubled with each, with jitter. @default "1s" */
  readonly backoff?: Duration;
  /** How long one run may take, at most 14 minutes. @default "60s" */
  readonly timeout?: Duration;
  /** How many of its keys may run at once; each key has one run at a time. @default 1 */
  readonly parallel?: number;
}

/** One row of the timetable. */
export interface AlarmRow {
  /** The target's name, and the user's key behind it. */
  readonly key: string;
  /** When it runs, in Unix milliseconds. */
  readonly due: number;
  /** The payload as text; null for none. */
  readonly payload: string | null;
  /** How many tries have failed. */
  readonly attempt: number;
  /** How many crashes it is suspected of. */
  readonly strikes: number;
  /** When the first try was due. */
  readonly first: number;
  /** What a recurrence keeps of itself; null for an alarm that runs once. */
  readonly spec: string | null;
}

/** A run that ended for good: well, or given up after its retries. */
export interface FinishedRun {
  readonly row: AlarmRow;
  /** What the handler returned; undefined after a failure. */
  readonly result: unknown;
  readonly succeeded: boolean;
}

/** When a row runs again. */
export interface NextRun extends Pick<AlarmRow, "due" | "spec"> {
  /** The time its handler is told. @default due */
  readonly first?: number;
}

/** Something that runs at a time of its own: an @Alarm method, `onAlarm`, a batch's delivery, a throttled save. */
export interface AlarmTarget {
  /** The name its rows have; `""` is the unnamed alarm. */
  readonly name: string;
  readonly policy: AlarmPolicy;
  /** Checks payloads, when they are scheduled and before they are run. */
  readonly schema?: StandardSchema;
  run(object: AnyLoomDO, payload: unknown, info: AlarmInfo): unknown;
  /** The method that stands for it in `schedule(this.method, …)`. */
  handlerOf?(object: AnyLoomDO): Method | undefined;
  /** Asked when a run has ended: when the row runs next; undefined takes it off. Not asked of a replaced row. */
  next?(run: FinishedRun): NextRun | undefined;
  /** Asked when a try has failed: the run that comes before a retry at `time`, which then gives way to it. */
  nextBefore?(row: AlarmRow, time: number): NextRun | undefined;
  /** True for a run that was given up before, and asked for again. */
  isRetried?(row: AlarmRow): boolean;
  /** Asked before a run: whether it comes too late to be one. Throws if how the row recurs cannot be read. */
  isLeftOut?(row: AlarmRow): boolean;
  /** The first run of what is scheduled to recur; throws for what cannot. */
  recur?(options: RecurrenceOptions, where: string): NextRun;
  /** How the row recurs that was scheduled to. */
  recurrenceIn?(row: AlarmRow): RecurrenceOptions | undefined;
  /** True for a row that was scheduled to recur as one with `spec` does. */
  recursAs?(row: AlarmRow, spec: string): boolean;
  /** The `spec` of an earlier run that is put in the place of `row`, to be followed by it; undefined if none may be. */
  specBefore?(row: AlarmRow): string | undefined;
}
