import type { RateDecision, RateVerdict } from "./decision.ts";
import { type TokenBucket, tokenBucket } from "./token-bucket.ts";

/** A bucket that leaks at a steady rate; a check pours one into it. */
export interface LeakLimit {
  /** The most it holds. */
  readonly capacity: number;
  /** What leaks out in a second. */
  readonly leakRate: number;
}

/** What a leaky bucket says. */
export interface LeakDecision extends RateDecision {
  /** The milliseconds to wait so that what was allowed goes on at the leak's pace; 0 if the bucket was empty. */
  readonly delay: number;
}

/** Pours one into a bucket, unless it would overflow. */
export function leakyBucket(
  state: TokenBucket | undefined,
  { capacity, leakRate }: LeakLimit,
  now: number = Date.now(),
): RateVerdict<TokenBucket, LeakDecision> {
  const verdict = tokenBucket(state, { capacity, refillRate: leakRate }, now);
  const whenEmpty = Math.max(0, verdict.resetAt - now);
  const delay = verdict.allowed ? Math.max(0, whenEmpty - Math.ceil(1000 / leakRate)) : verdict.retryAfter;
  return { ...verdict, delay };
}
