import type { AlarmInfo } from "../../index.ts";

/** What `run` is given. */
export interface Job<Payload = unknown> extends Omit<AlarmInfo, "key"> {
  readonly id: string;
  readonly payload: Payload;
}

/** How a cron pattern is read, and what its runs are given. */
export interface CronOptions<Payload = unknown> {
  /** The zone whose clock the pattern is read by. @default "UTC" */
  readonly timeZone?: string;
  readonly payload?: Payload;
}

/** A pattern and the zone whose clock it is read by. */
export interface Cron {
  readonly pattern: string;
  readonly timeZone: string;
}

/** A job that is to come. */
export interface PendingJob<Payload = unknown> {
  readonly id: string;
  readonly payload: Payload | undefined;
  readonly scheduledTime: Date;
  /** How many tries have failed. */
  readonly attempts: number;
  /** The pattern that runs it, if one does. */
  readonly cron?: Cron;
}

/** A run that was given up. */
export interface FailedJob<Payload = unknown> {
  /** What `retry` takes. */
  readonly failure: number;
  /** The job's. */
  readonly id: string;
  readonly payload: Payload | undefined;
  readonly error: string;
  readonly attempts: number;
  readonly scheduledTime: Date;
  readonly failedAt: Date;
}
