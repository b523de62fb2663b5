import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DistributedLock, Lease } from "../../src/patterns/index.ts";
import { objectOf } from "../support.ts";

const began = Date.UTC(2030, 0, 1);

// Only the Date: alarms of 2030 do not ring by themselves.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: began }));
afterEach(() => void vi.useRealTimers());

const lockId = fc.constantFrom("a", "b");
const ttl = fc.integer({ min: 1, max: 120_000 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("acquire" as const), lockId, ttl }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("renew" as const), which: fc.nat(), ttl }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), time: ttl }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evict" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** What every holder believes, and what the lock must therefore answer. */
class Model {
  readonly granted: Lease[] = [];
  readonly held = new Map<string, Lease>();

  holder(id: string): Lease | undefined {
    const lease = this.held.get(id);
    return lease && lease.expiresAt > Date.now() ? lease : undefined;
  }

  async run(lock: DurableObjectStub<DistributedLock>, step: Step): Promise<void> {
    if (step.kind === "acquire") await this.#acquire(lock, step.lockId, step.ttl);
    else if (step.kind === "pass") vi.setSystemTime(Date.now() + step.time);
    else if (step.kind === "sweep") await runDurableObjectAlarm(lock);
    else if (step.kind === "evict") await evictDurableObject(lock);
    else if (this.granted.length > 0) await this.#use(lock, this.granted[step.which % this.granted.length]!, step);
  }

  async #acquire(lock: DurableObjectStub<DistributedLock>, id: string, time: number): Promise<void> {
    const lease = await lock.acquire(id, time);
    expect(lease !== null).toBe(this.holder(id) === undefined);
    if (!lease) return;
    expect(lease.expiresAt).toBe(Date.now() + time);
    expect(lease.token).toBeGreaterThan(this.granted.at(-1)?.token ?? 0);
    this.granted.push(lease);
    this.held.set(id, lease);
  }

  /** A holder of old or of now renews or releases. */
  async #use(lock: DurableObjectStub<DistributedLock>, old: Lease, step: Step & { kind: "renew" | "release" }) {
    const { lockId: id, token } = old;
    const isHolder = this.holder(id)?.token === token;
    expect(await lock.isHeld(id, token)).toBe(isHolder);
    if (step.kind === "release") {
      expect(await lock.release(id, token)).toBe(isHolder);
      if (isHolder) this.held.delete(id);
    } else {
      const renewed = await lock.renew(id, token, step.ttl);
      expect(renewed !== null).toBe(isHolder);
      if (renewed) this.held.set(id, renewed);
    }
  }
}

test("one holder at a time and tokens that grow, whatever comes in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const lock = objectOf<DistributedLock>("DistributedLock");
      const model = new Model();
      await lock.isHeld("a", 1);
      for (const each of steps) {
        await model.run(lock, each);
        await lock.isHeld("a", 1); // only an object that runs can be evicted
      }
    }),
    { numRuns: 30 },
  );
}, 30_000);

test("many who wait at once, with releases and evictions between: no two hold it, no token comes twice", async () => {
  vi.useRealTimers();
  const waits = fc.array(fc.record({ wait: fc.nat(3), evict: fc.boolean() }), { minLength: 2, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(waits, async (callers) => {
      const lock = objectOf<DistributedLock>("DistributedLock");
      const tokens: number[] = [];
      let holders = 0;
      const call = async ({ wait }: { readonly wait: number }) => {
        const lease = await lock.acquire("a", 60_000, { wait });
        if (!lease) return;
        expect(++holders).toBe(1);
        tokens.push(lease.token);
        await scheduler.wait(0);
        holders -= 1;
        await lock.release("a", lease.token);
      };
      for (const caller of callers) {
        await Promise.all([call(caller), call(caller), call({ wait: 1_000 })]);
        if (caller.evict) await evictDurableObject(lock);
      }
      expect(tokens).toEqual(tokens.map((_, at) => at + 1));
    }),
    { numRuns: 25 },
  );
}, 30_000);
