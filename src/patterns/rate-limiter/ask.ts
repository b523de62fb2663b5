import {
  type Duration,
  getLoomRPCStub,
  LOOM_ERRORS,
  LoomError,
  type LoomStubOptions,
  milliseconds,
} from "../../index.ts";
import type { RateLimiter } from "../rate-limiter.ts";
import type { LeakCheck, TokenCheck, WindowCheck } from "./checks.ts";
import type { RateDecision } from "./decision.ts";

/** A check and the algorithm that decides it. */
export type RateCheck =
  | ({ readonly algorithm?: "fixed-window" | "sliding-window"; readonly window: Duration } & Omit<
      WindowCheck,
      "window"
    >)
  | ({ readonly algorithm: "token-bucket" } & TokenCheck)
  | ({ readonly algorithm: "leaky-bucket" } & LeakCheck);

/** Which object decides. */
export interface RateLimitOptions extends LoomStubOptions {
  /** Spreads all keys over so many objects: for many keys that are seldom used. @default an object a key */
  readonly shards?: number;
}

/**
 * Asks the object that has this key: every key its own, so that none waits for another's.
 *
 * @example
 * ```ts
 * const decision = await checkRateLimit(env.LIMITER, { key: user, limit: 100, window: "1h" });
 * if (!decision.allowed) return rateLimited(decision);
 * ```
 */
export async function checkRateLimit(
  namespace: DurableObjectNamespace<RateLimiter> | DurableObjectNamespace | undefined,
  check: RateCheck,
  { shards, ...options }: RateLimitOptions = {},
): Promise<RateDecision> {
  const limiter = getLoomRPCStub<RateLimiter>(namespace, objectOf(check.key, shards), options);
  switch (check.algorithm) {
    case "token-bucket":
      return limiter.tokenBucket(check);
    case "leaky-bucket":
      return limiter.leakyBucket(check);
    default: {
      const windowed = { ...check, window: milliseconds(check.window, "checkRateLimit: window") };
      return check.algorithm === "sliding-window" ? limiter.slidingWindow(windowed) : limiter.check(windowed);
    }
  }
}

function objectOf(key: string, shards: number | undefined): string {
  if (shards === undefined) return key;
  if (Number.isSafeInteger(shards) && shards > 0) return `shard-${hashOf(key) % shards}-of-${shards}`;
  const message = `checkRateLimit: shards is ${shards}. Write a whole number from 1, or leave it out.`;
  throw new LoomError(LOOM_ERRORS.INTERNAL, { message });
}

/** FNV-1a: spreads names that differ by a digit too. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
