import { useCron } from "./alarm/cron-engine.ts";
import { readCron } from "./cron/schedule.ts";
import { misuse } from "./errors.ts";

useCron(readCron);

/** How a pattern is read. */
export interface NextRunOptions {
  /** The zone whose clock it is read by. @default "UTC" */
  readonly timeZone?: string;
  /** The time after which to look, Unix milliseconds or a Date. @default now */
  readonly after?: number | Date;
}

/**
 * The next time of a cron pattern, as `@Alarm` with `cron` finds it.
 *
 * Where a clock is set forward, a time it leaves out comes as much later; where it is set back, a pattern that names
 * its hours runs in the first of the two, one for every hour in both.
 *
 * @example
 * ```ts
 * import { nextRun } from "loom-do/cron";
 *
 * nextRun("0 9 * * 1-5", { timeZone: "Europe/Berlin" }); // the next working day at nine
 * ```
 */
export function nextRun(pattern: string, { timeZone = "UTC", after = Date.now() }: NextRunOptions = {}): Date {
  return new Date(reading(pattern, timeZone)(Number(after)));
}

function reading(pattern: string, timeZone: string): (after: number) => number {
  try {
    return readCron({ pattern, timeZone });
  } catch (error) {
    throw misuse(`nextRun: ${(error as Error).message}`);
  }
}
