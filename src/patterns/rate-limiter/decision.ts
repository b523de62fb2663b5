/** What a rate limit says to one check. */
export interface RateDecision {
  readonly allowed: boolean;
  /** How many it allows at once. */
  readonly limit: number;
  /** How much of it is used up: with this check, if it was allowed. */
  readonly count: number;
  /** How many more would be allowed now. */
  readonly remaining: number;
  /** When all of it will be free again, if nothing comes till then, in Unix milliseconds. */
  readonly resetAt: number;
  /** The milliseconds until the same check can be allowed; 0 if it was. */
  readonly retryAfter: number;
}

/** A decision and what to keep for the next one: plain data, undefined when there is nothing to keep. */
export type RateVerdict<State, Decision extends RateDecision = RateDecision> = Decision & {
  readonly state: State | undefined;
};

/** What every algorithm keeps: from `resetAt` on it is as good as nothing. */
export interface RateState {
  readonly resetAt: number;
}
