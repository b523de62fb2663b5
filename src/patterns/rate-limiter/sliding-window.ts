import type { RateState, RateVerdict } from "./decision.ts";
import type { WindowLimit } from "./fixed-window.ts";

/** The hits of the last window, the oldest first. */
export interface SlidingWindow extends RateState {
  readonly hits: readonly Hits[];
}

type Hits = readonly [at: number, count: number];

// So many moments a window are told apart at most, however high its limit: what a row takes is bounded.
const moments = 128;

/**
 * At most `limit` in any stretch of time as long as the window.
 *
 * Exact up to a limit of 128; above that a hit counts for up to 1/128 of the window longer.
 */
export function slidingWindow(
  state: SlidingWindow | undefined,
  { limit, window }: WindowLimit,
  now: number = Date.now(),
): RateVerdict<SlidingWindow> {
  const hits = within(state?.hits ?? [], window, now);
  const before = countOf(hits);
  const allowed = before < limit;
  const grain = limit <= moments ? 1 : Math.ceil(window / moments);
  const kept = allowed ? withHit(hits, Math.ceil(now / grain) * grain) : hits;
  const count = allowed ? before + 1 : before;
  const resetAt = (kept.at(-1)?.[0] ?? now) + window;
  const retryAfter = allowed ? 0 : freeAt(hits, before - limit, now) + window - now;
  const next = kept.length === 0 ? undefined : { hits: kept, resetAt };
  return { allowed, limit, count, remaining: Math.max(0, limit - count), resetAt, retryAfter, state: next };
}

/** The hits that count at `now`. */
function within(hits: readonly Hits[], window: number, now: number): readonly Hits[] {
  // A clock that was set back by more than a window would hold the key for as long: its last hit is now, then.
  // A moment's end may lie ahead of the clock by a whole window, if that is one millisecond long.
  const ahead = (hits.at(-1)?.[0] ?? now) - now;
  const back = ahead > window + Math.ceil(window / moments) ? ahead : 0;
  return hits.filter(([at]) => at - back + window > now).map(([at, count]) => [at - back, count]);
}

function withHit(hits: readonly Hits[], moment: number): readonly Hits[] {
  const [at, count] = hits.at(-1) ?? [-Infinity, 0];
  return at < moment ? [...hits, [moment, 1]] : [...hits.slice(0, -1), [at, count + 1]];
}

/** The moment of the hit that must leave so that there is room, with `over` hits above the limit. */
function freeAt(hits: readonly Hits[], over: number, now: number): number {
  let left = over;
  for (const [at, count] of hits) {
    left -= count;
    if (left < 0) return at;
  }
  return hits.at(-1)?.[0] ?? now;
}

function countOf(hits: readonly Hits[]): number {
  return hits.reduce((sum, [, count]) => sum + count, 0);
}
