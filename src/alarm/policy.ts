import { checkWhole } from "../data/whole-number.ts";
import { milliseconds } from "../duration.ts";
import { misuse } from "../errors.ts";
import type { Duration } from "../types.ts";
import type { AlarmPolicy } from "./target.ts";

/** How a handler is tried, in milliseconds. */
export interface Terms {
  readonly retries: number;
  readonly backoff: number;
  readonly timeout: number;
}

/** The platform ends an alarm after 15 minutes; a run that could reach that is left to the next one. */
export const wallLimit = 14.5 * 60_000;

const longestTimeout = 14 * 60_000;
const longestBackoff = 60 * 60_000;

/** The longest delay, wait and interval, three years: the platform takes no alarm after 2189 (workerd 2026-10-01). */
export const longestWait = 1e11;

/** `wait` in milliseconds; `where` names the declaration in the errors. */
export function waitOf(wait: Duration, where: string): number {
  const found = milliseconds(wait, where);
  if (found <= longestWait) return found;
  throw misuse(`${where}: ${wait} is over three years. Write at most \`"1000d"\`.`);
}

/** `policy` with its defaults; `where` names the declaration in the errors. */
export function termsOf({ retries = 5, backoff = "1s", timeout = "60s" }: AlarmPolicy, where: string): Terms {
  if (retries !== Infinity) checkWhole(retries, `${where}: retries`, 0);
  const terms = { retries, backoff: waitOf(backoff, where), timeout: milliseconds(timeout, where) };
  if (terms.timeout > 0 && terms.timeout <= longestTimeout) return terms;
  throw misuse(`${where}: timeout is ${timeout}. Write more than 0 and at most \`"14m"\`: the platform allows 15.`);
}

/** How long the wait is after the try number `attempt`: doubled with each, an hour at most, never shorter than half. */
export function waitAfter(attempt: number, { backoff }: Terms): number {
  const longest = Math.min(backoff * 2 ** (attempt - 1), Math.max(longestBackoff, backoff));
  // Alarms of many objects that failed together do not come back together.
  return Math.ceil(longest * (0.5 + Math.random() / 2));
}
