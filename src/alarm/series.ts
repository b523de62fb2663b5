/** What becomes of times that passed while nothing could run. */
export type Missed = "once" | "skip" | "all";

/** The times of a recurrence. */
export interface Series {
  readonly spec: string;
  /** The first time later than `time`, in the series that `scheduled` (no later than `time`) is one of. */
  after(scheduled: number, time: number): number;
}

/** A run that is to come. */
export interface Run {
  /** When it is started. */
  readonly due: number;
  /** The time of the series that it stands for. */
  readonly scheduled: number;
}

// An alarm comes some milliseconds late as a rule, and after a restart or a deploy some seconds.
const grace = 60_000;

// A backlog is worked off beside what else the object does: a year of minutes is seven hours of 20 runs a second.
const pause = 50;

/** True when the run of `scheduled` comes too late to be one: by a minute, or by half the way to the next. */
export function isTooLate(series: Series, scheduled: number, now: number): boolean {
  const next = series.after(scheduled, scheduled);
  return now - scheduled > Math.min(grace, (next - scheduled) / 2);
}

/** The very next time, although it may have passed: then a little after now, so that no delivery runs many. */
export function firstLate(series: Series, scheduled: number, now: number): Run {
  const next = series.after(scheduled, scheduled);
  return { due: next > now ? next : now + pause, scheduled: next };
}

/** The times that are a whole number of intervals from the first: runs that are late do not move them. */
export function everySeries(interval: number): Series {
  return {
    spec: `every ${interval}`,
    after: (scheduled, time) => scheduled + interval * (Math.floor((time - scheduled) / interval) + 1),
  };
}
