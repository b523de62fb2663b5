import type { LoadProfile, SentinelMessage, SentinelProgress, SentinelResults, SentinelStatus } from "../../types.ts";
import type { Tally } from "./figures.ts";

export type Ending = Exclude<SentinelStatus, "running">;

/** A test, from its start on. */
export interface Run {
  readonly runId: string;
  readonly tenantId: string;
  readonly profile: LoadProfile;
  readonly status: SentinelStatus;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** There once it has ended. */
  readonly results?: SentinelResults;
}

/** For how many seconds a test has run. */
export function elapsedOf({ startedAt, endedAt }: Run, now = Date.now()): number {
  return Math.max((endedAt ?? now) - startedAt, 0) / 1000;
}

/** Whether a test has had its time. */
export function isOver(run: Run): boolean {
  return elapsedOf(run) >= run.profile.durationSeconds;
}

export function progressOf(run: Run, { completedOps, failedOps }: Tally): SentinelProgress {
  const elapsed = elapsedOf(run);
  const progress = Math.min((elapsed / run.profile.durationSeconds) * 100, 100);
  return { elapsed, completedOps, failedOps, progress };
}

/** What the test's sockets are told of its end. */
export function endingOf(status: Ending, results: SentinelResults): SentinelMessage {
  if (status === "completed") return { type: "completed", results };
  return status === "cancelled" ? { type: "cancelled" } : { type: "failed", error: "The test did not end in time." };
}
