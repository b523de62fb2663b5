import type { RateState, RateVerdict } from "./decision.ts";

/** So many in each window. */
export interface WindowLimit {
  readonly limit: number;
  /** In milliseconds. */
  readonly window: number;
}

/** The window at hand: it began with its first hit. */
export interface FixedWindow extends RateState {
  readonly count: number;
}

/**
 * At most `limit` in a window, which begins with its first hit.
 *
 * @example
 * ```ts
 * const { allowed, state } = fixedWindow(this.logins, { limit: 5, window: 60_000 });
 * this.logins = state;
 * ```
 */
export function fixedWindow(
  state: FixedWindow | undefined,
  { limit, window }: WindowLimit,
  now: number = Date.now(),
): RateVerdict<FixedWindow> {
  const { count: before, resetAt } = windowAt(state, window, now);
  const allowed = before < limit;
  const count = allowed ? before + 1 : before;
  const remaining = Math.max(0, limit - count);
  const next = count === 0 ? undefined : { count, resetAt };
  return { allowed, limit, count, remaining, resetAt, retryAfter: allowed ? 0 : resetAt - now, state: next };
}

function windowAt(state: FixedWindow | undefined, window: number, now: number): FixedWindow {
  if (!state || state.resetAt <= now) return { count: 0, resetAt: now + window };
  // A clock that was set back by more than a window would hold the key for as long.
  return state.resetAt - now > 2 * window ? { count: state.count, resetAt: now + window } : state;
}
