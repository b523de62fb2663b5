import { checkWhole } from "../data/whole-number.ts";
import { milliseconds } from "../duration.ts";
import { misuse } from "../errors.ts";
import type { Duration } from "../types.ts";
import { whereOf } from "./key.ts";
import type { AlarmPolicy, AlarmTarget } from "./target.ts";

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
// A class that was deployed wrong is mended in minutes, as a rule.
const leastWait = 60_000;
const mostDoublings = 1_000;

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
  if (retries === Infinity && terms.backoff === 0) {
    throw misuse(`${where}: \`retries: Infinity\` without a wait would try for ever, all the time. Give it a backoff.`);
  }
  if (terms.timeout > 0 && terms.timeout <= longestTimeout) return terms;
  throw misuse(`${where}: timeout is ${timeout}. Write more than 0 and at most \`"14m"\`: the platform allows 15.`);
}

/** How often and how long the handler of a target is run. */
export function termsIn({ policy, name }: AlarmTarget): Terms {
  return termsOf(policy, whereOf(name));
}

/** How long the wait is after the try number `attempt`: doubled with each, an hour at most, never shorter than half. */
export function waitAfter(attempt: number, { backoff }: Pick<Terms, "backoff">): number {
  // A power without end, times no backoff, would be no number.
  const longest = Math.min(backoff * 2 ** Math.min(attempt - 1, mostDoublings), Math.max(longestBackoff, backoff));
  // Alarms of many objects that failed together do not come back together.
  return Math.ceil(longest * (0.5 + Math.random() / 2));
}

/** How long a row waits that is `late` and cannot be tried: twice as late at most each time, a minute to an hour. */
export function waitFor(late: number): number {
  return waitAfter(1, { backoff: Math.min(Math.max(late, leastWait), longestBackoff) });
}
