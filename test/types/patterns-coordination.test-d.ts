import { expectTypeOf, test } from "vitest";
import { checkRateLimit, withDistributedLock } from "../../src/patterns/index.ts";
import type { DistributedLock, Lease, LeaderElection, RateDecision, RateLimiter } from "../../src/patterns/index.ts";

declare const limiters: DurableObjectNamespace<RateLimiter>;
declare const untyped: DurableObjectNamespace;
declare const locks: DurableObjectNamespace<DistributedLock>;
declare const elections: DurableObjectNamespace<LeaderElection>;

test("a check takes what its algorithm takes, of a typed and an untyped binding", () => {
  void (async () => {
    expectTypeOf(await checkRateLimit(limiters, { key: "a", limit: 1, window: 1 })).toEqualTypeOf<RateDecision>();
    await checkRateLimit(untyped, { algorithm: "token-bucket", key: "a", capacity: 1, refillRate: 1 });
    // @ts-expect-error a bucket has no window
    await checkRateLimit(limiters, { algorithm: "token-bucket", key: "a", limit: 1, window: 1 });
    // @ts-expect-error the key is missing
    await checkRateLimit(limiters, { limit: 1, window: 1 });
  });
});

test("work under a lock gives what it gives", () => {
  void (async () => {
    expectTypeOf(await withDistributedLock(locks, "a", { ttl: 1 }, ({ token }) => token)).toEqualTypeOf<number>();
    // @ts-expect-error a lock has a ttl
    await withDistributedLock(locks, "a", {}, () => {});
  });
});

test("a lease is asked for as the document asks for a boolean", () => {
  void (async () => {
    const lease = await locks.getByName("a").acquire("a", 1);
    if (lease) expectTypeOf(lease).toExtend<Lease>();
    // @ts-expect-error only who has the token can release
    await locks.getByName("a").release("a");
    expectTypeOf(await elections.getByName("a").claimLeadership("node", 1)).toEqualTypeOf<boolean>();
  });
});
