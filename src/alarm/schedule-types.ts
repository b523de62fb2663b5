import type { Duration, PlainData } from "../types.ts";
import type { RecurrenceOptions } from "./recurrence.ts";

/** When an alarm runs: after so many milliseconds, after `"5m"`, or at a Date. */
export type When = Duration | Date;

/** What tells several alarms of one handler apart. */
export interface AlarmKey {
  /** Scheduling the same handler with the same key moves that alarm; each key has one of its own. */
  readonly key?: string;
}

/** A method under @Alarm, or any that `handlers` names. */
// `any`: whatever its payload is.
export type AlarmMethod = (payload: any, ...rest: any[]) => unknown;

/** What `schedule` is to run: the method itself, or the name it was given. */
export type AlarmReference = AlarmMethod | string;

/** What follows the time: the payload, left out where the method takes none, and the key. */
export type PayloadOf<Target> = Target extends AlarmMethod
  ? Parameters<Target> extends []
    ? [payload?: undefined, options?: AlarmKey]
    : undefined extends Parameters<Target>[0]
      ? [payload?: Parameters<Target>[0], options?: AlarmKey]
      : [payload: Parameters<Target>[0], options?: AlarmKey]
  : [payload?: unknown, options?: AlarmKey];

/** What the alarms of `Target` have as their payload: what the method declares, else plain data. */
export type AlarmPayload<Target = string> = Target extends AlarmMethod
  ? unknown extends Parameters<Target>[0]
    ? PlainData
    : Parameters<Target>[0]
  : PlainData;

/** How many alarms are listed. */
export interface AlarmListOptions {
  /** @default 1000 */
  readonly limit?: number;
}

/** One alarm that is to come. */
export interface PendingAlarm<Payload = AlarmPayload> {
  readonly name: string;
  readonly key: string | undefined;
  readonly payload: Payload;
  /** When it runs next. */
  readonly scheduledTime: Date;
  /** How many tries have failed. */
  readonly attempts: number;
  /** How it recurs, where it was scheduled to. */
  readonly recurrence?: RecurrenceOptions;
}
