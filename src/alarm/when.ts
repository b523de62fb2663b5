import { LOOM_ERRORS } from "../catalogue.ts";
import { milliseconds } from "../duration.ts";
import { LoomError } from "../errors.ts";
import type { Duration } from "../types.ts";

// Three years: whoever means more means a time, not a delay.
const longestDelay = 1e11;
// The platform takes no alarm after 2189 (workerd 2026-10-01).
const latest = Date.UTC(2189, 0);

/** `when` in Unix milliseconds: a Date as it is, a length of time from now on; what is past is now. */
export function dueAt(when: Duration | Date, where: string): number {
  const now = Date.now();
  const due = when instanceof Date ? when.getTime() : now + delayOf(when, where);
  if (due <= latest) return Math.max(now, Math.ceil(due));
  throw refused(`${where}: the Date is ${Number.isNaN(due) ? "invalid" : "after 2188"}. Write one that is neither.`);
}

function delayOf(when: Duration, where: string): number {
  if (typeof when !== "number" && typeof when !== "string") {
    throw refused(`${where}: ${String(when)} is no time. Write a delay in milliseconds, \`"5m"\` or a Date.`);
  }
  const delay = milliseconds(when, where);
  if (delay <= longestDelay) return delay;
  throw refused(`${where}: a delay of ${when} is over three years. For a point in time pass a Date.`);
}

function refused(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message });
}
