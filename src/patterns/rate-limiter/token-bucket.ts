import type { RateState, RateVerdict } from "./decision.ts";

/** A bucket that fills at a steady rate, and what one check takes out of it. */
export interface TokenLimit {
  /** The most tokens it holds. */
  readonly capacity: number;
  /** Tokens that come back in a second. */
  readonly refillRate: number;
  /** Tokens that this check takes. @default 1 */
  readonly tokens?: number | undefined;
}

/** A bucket that was full at `since`, and what was taken out from then on. */
export interface TokenBucket extends RateState {
  readonly since: number;
  readonly taken: number;
  /** When something was taken last. */
  readonly at: number;
  readonly refillRate: number;
}

/**
 * Takes tokens out of a bucket, if it holds as many.
 *
 * What comes back is computed from the moment the bucket was full last, never added up: no fraction is lost on the way.
 */
export function tokenBucket(
  state: TokenBucket | undefined,
  limit: TokenLimit,
  now: number = Date.now(),
): RateVerdict<TokenBucket> {
  const { capacity, refillRate, tokens = 1 } = limit;
  const bucket = bucketAt(state, limit, now);
  const clock = Math.max(now, bucket.at);
  const allowed = refillOf(bucket, clock) >= bucket.taken + tokens - capacity;
  const taken = allowed ? bucket.taken + tokens : bucket.taken;
  const resetAt = Math.max(bucket.since + refillTime(taken, refillRate), clock);
  const next = taken === 0 ? undefined : { ...bucket, taken, resetAt, at: allowed ? clock : bucket.at };
  const used = usedAt({ ...bucket, taken }, clock);
  const wanted = bucket.since + refillTime(taken + Math.min(tokens, capacity) - capacity, refillRate);
  return {
    ...{ allowed, limit: capacity, count: Math.ceil(used), remaining: Math.max(0, Math.floor(capacity - used)) },
    ...{ resetAt, retryAfter: allowed ? 0 : Math.max(wanted - now, 1), state: next },
  };
}

/** The milliseconds in which `amount` comes back. */
export function refillTime(amount: number, refillRate: number): number {
  const time = Math.ceil((amount * 1000) / refillRate);
  // The quotient may be rounded across the millisecond that the product decides by.
  if (((time - 1) * refillRate) / 1000 >= amount) return time - 1;
  return (time * refillRate) / 1000 >= amount ? time : time + 1;
}

type Bucket = Omit<TokenBucket, "resetAt">;

/** What came back until `clock`. */
function refillOf({ since, refillRate }: Bucket, clock: number): number {
  return ((clock - since) * refillRate) / 1000;
}

function usedAt(bucket: Bucket, clock: number): number {
  return Math.max(0, bucket.taken - refillOf(bucket, clock));
}

/** The bucket before this check: as it was kept, or from now on if it is full or the limit is another. */
function bucketAt(state: TokenBucket | undefined, { capacity, refillRate }: TokenLimit, now: number) {
  if (!state) return { since: now, taken: 0, at: now, refillRate };
  // A clock that was set back by more than the bucket takes to fill would hold the key for as long.
  const wasSetBack = state.at - now > refillTime(capacity, refillRate);
  const clock = wasSetBack ? state.at : Math.max(now, state.at);
  const used = usedAt(state, clock);
  const isSame = used > 0 && used <= capacity && refillRate === state.refillRate && !wasSetBack;
  if (isSame) return state;
  const at = wasSetBack ? now : clock;
  return { since: at, taken: Math.min(used, capacity), at, refillRate };
}
