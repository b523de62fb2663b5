import {
  Alarm,
  type AlarmInfo,
  Loom,
  LoomDO,
  type LoomRequestContext,
  Persisted,
  PersistedMap,
  Route,
  Rpc,
} from "../index.ts";
import type { StandardSchema } from "../index.ts";
import { answerWith } from "./rate-limiter/answer.ts";
import { type LeakCheck, Leaks, type TokenCheck, Tokens, type WindowCheck, Windowed } from "./rate-limiter/checks.ts";
import type { RateDecision, RateState, RateVerdict } from "./rate-limiter/decision.ts";
import { type FixedWindow, fixedWindow } from "./rate-limiter/fixed-window.ts";
import { type LeakDecision, leakyBucket } from "./rate-limiter/leaky-bucket.ts";
import { type SlidingWindow, slidingWindow } from "./rate-limiter/sliding-window.ts";
import { type TokenBucket, tokenBucket } from "./rate-limiter/token-bucket.ts";

type Checked<Path extends string, Schema extends StandardSchema> = LoomRequestContext<Path, { body: Schema }>;

const minute = 60_000;
const day = 86_400_000;

/**
 * Rate limits by key: each check is decided by what its key has used, and costs a row at most.
 *
 * @example
 * ```ts
 * const { allowed } = await env.LIMITER.getByName(user).check({ key: user, limit: 100, window: 3_600_000 });
 * ```
 */
@Loom({ name: "RateLimiter" })
export class RateLimiter<TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  @Persisted accessor #states = new PersistedMap<RateState>();

  /** At most `limit` in a window, which begins with the key's first hit. */
  @Rpc({ args: [Windowed] })
  check({ key, ...limit }: WindowCheck): RateDecision {
    return this.#decide<FixedWindow>(`fixed:${limit.window}:${key}`, (state) => fixedWindow(state, limit));
  }

  /** At most `limit` in any stretch of time as long as the window. */
  @Rpc({ args: [Windowed] })
  slidingWindow({ key, ...limit }: WindowCheck): RateDecision {
    return this.#decide<SlidingWindow>(`sliding:${limit.window}:${key}`, (state) => slidingWindow(state, limit));
  }

  /** Bursts of up to `capacity`, `refillRate` a second in the long run. */
  @Rpc({ args: [Tokens] })
  tokenBucket({ key, ...limit }: TokenCheck): RateDecision {
    return this.#decide<TokenBucket>(`tokens:${key}`, (state) => tokenBucket(state, limit));
  }

  /** As the token bucket, and says how long to wait for an even pace. */
  @Rpc({ args: [Leaks] })
  leakyBucket({ key, ...limit }: LeakCheck): LeakDecision {
    return this.#decide<TokenBucket, LeakDecision>(`leaky:${key}`, (state) => leakyBucket(state, limit));
  }

  @Route("POST", "/check", { body: Windowed })
  onCheck({ body }: Checked<"/check", typeof Windowed>) {
    return answerWith(this.check(body));
  }

  @Route("POST", "/check/sliding-window", { body: Windowed })
  onSlidingWindow({ body }: Checked<"/check/sliding-window", typeof Windowed>) {
    return answerWith(this.slidingWindow(body));
  }

  @Route("POST", "/check/token-bucket", { body: Tokens })
  onTokenBucket({ body }: Checked<"/check/token-bucket", typeof Tokens>) {
    return answerWith(this.tokenBucket(body));
  }

  @Route("POST", "/check/leaky-bucket", { body: Leaks })
  onLeakyBucket({ body }: Checked<"/check/leaky-bucket", typeof Leaks>) {
    return answerWith(this.leakyBucket(body));
  }

  /** Deletes the keys whose limit is free again; runs until there is none. */
  @Alarm("sweep")
  async sweep(_payload: undefined, { scheduledTime }: AlarmInfo): Promise<void> {
    const now = Date.now();
    let next = Infinity;
    for await (const page of this.#states.pages()) {
      for (const [key, { resetAt }] of page) {
        if (resetAt <= now) this.#states.delete(key);
        else next = Math.min(next, resetAt);
      }
    }
    if (next < Infinity) await this.#sweepAt(next, Math.max(now, scheduledTime.getTime()));
  }

  #decide<State extends RateState, Decision extends RateDecision = RateDecision>(
    key: string,
    decide: (state: State | undefined) => RateVerdict<State, Decision>,
  ): Omit<RateVerdict<State, Decision>, "state"> {
    // The key names the algorithm that its state is of.
    const { state, ...decision } = decide(this.#states.get(key) as State | undefined);
    if (state) {
      this.#states.set(key, state);
      void this.#sweepAt(state.resetAt);
    }
    return decision;
  }

  // Not at once when a key is free: the next minute's keys go in the same sweep.
  #sweepAt(resetAt: number, now = Date.now()): Promise<boolean> {
    return this.alarms.ensureScheduled(this.sweep, new Date(Math.min(Math.max(resetAt, now + minute), now + day)));
  }
}
