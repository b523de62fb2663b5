import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type DistributedLock, type HeldLease, withDistributedLock } from "../../src/patterns/index.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

const began = Date.UTC(2030, 0, 1);
const minute = 60_000;

// Only the Date: alarms of 2030 do not ring by themselves.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: began }));
afterEach(() => void vi.useRealTimers());

const lockOf = (name?: string) => objectOf<DistributedLock>("DistributedLock", name);
const locks = (env as unknown as Record<string, DurableObjectNamespace<DistributedLock>>)["DistributedLock"]!;

test("a lock is held by one, each by its name", async () => {
  const lock = lockOf();
  const first = await lock.acquire("a", minute);

  expect(first).toEqual({ lockId: "a", token: 1, expiresAt: began + minute });
  expect(await lock.acquire("a", minute)).toBeNull();
  expect(await lock.acquire("b", minute)).toMatchObject({ token: 2 });
});

test("a lease ends at its time, over an eviction too, and its holder is refused from then on", async () => {
  const lock = lockOf();
  const { token } = (await lock.acquire("a", minute))!;
  await evictDurableObject(lock);
  vi.setSystemTime(began + minute - 1);
  expect(await lock.acquire("a", minute)).toBeNull();
  vi.setSystemTime(began + minute);

  expect(await lock.isHeld("a", token)).toBe(false);
  expect(await lock.renew("a", token, minute)).toBeNull();
  const next = (await lock.acquire("a", minute))!;
  expect(next.token).toBeGreaterThan(token);
  expect(await lock.release("a", token)).toBe(false);
  expect(await lock.isHeld("a", next.token)).toBe(true);
});

test("a renewed lease ends later", async () => {
  const lock = lockOf();
  const { token } = (await lock.acquire("a", minute))!;
  vi.setSystemTime(began + minute - 1);
  const renewed = await lock.renew("a", token, minute);
  vi.setSystemTime(began + minute);

  expect(renewed).toEqual({ lockId: "a", token, expiresAt: began + 2 * minute - 1 });
  expect(await lock.isHeld("a", token)).toBe(true);
});

test("tokens grow for ever: after a release, an eviction and a sweep that leaves no lease", async () => {
  const lock = lockOf();
  const first = (await lock.acquire("a", minute))!;
  await lock.release("a", first.token);
  await evictDurableObject(lock);
  const second = (await lock.acquire("a", minute))!;
  vi.setSystemTime(began + minute);
  await runDurableObjectAlarm(lock);
  await evictDurableObject(lock);
  const third = (await lock.acquire("a", minute))!;

  expect([first.token, second.token, third.token]).toEqual([1, 2, 3]);
});

test("who waits is served first come first served", async () => {
  const lock = lockOf();
  const { token } = (await lock.acquire("a", minute))!;
  const served: string[] = [];
  const hold = async (name: string) => {
    const lease = (await lock.acquire("a", minute, { wait: minute }))!;
    served.push(name);
    await lock.release("a", lease.token);
  };
  const all = ["first", "second", "third"].map(hold);
  await lock.release("a", token);
  await Promise.all(all);

  expect(served).toEqual(["first", "second", "third"]);
  expect(await lock.acquire("a", minute)).toMatchObject({ token: 5 });
});

test("a wait that is over gives null, and the next in line is served", async () => {
  const lock = lockOf();
  const { token } = (await lock.acquire("a", minute))!;
  const patient = lock.acquire("a", minute, { wait: minute });
  const hasty = await lock.acquire("a", minute, { wait: 1 });
  await lock.release("a", token);

  expect(hasty).toBeNull();
  expect(await patient).toMatchObject({ token: token + 1 });
});

test("who waits is served when a lease runs out that nobody released", async () => {
  vi.useRealTimers();
  const lock = lockOf();
  const { token, expiresAt } = (await lock.acquire("a", 30))!;
  const next = (await lock.acquire("a", minute, { wait: minute }))!;

  expect(next.token).toBe(token + 1);
  expect(next.expiresAt).toBeGreaterThanOrEqual(expiresAt + minute);
});

test("a lease that was renewed meanwhile keeps those who wait waiting", async () => {
  vi.useRealTimers();
  const lock = lockOf();
  const { token } = (await lock.acquire("a", 30))!;
  const waiting = lock.acquire("a", minute, { wait: minute });
  await lock.renew("a", token, minute);
  const probe = await lock.acquire("a", minute, { wait: 40 });
  const held = await lock.isHeld("a", token);
  await lock.release("a", token);

  expect([probe, held]).toEqual([null, true]);
  expect(await waiting).toMatchObject({ token: token + 1 });
});

test.each<[string, unknown[]]>([
  ["acquire", ["", 1]],
  ["acquire", ["a", 0]],
  ["acquire", ["a", 1, { wait: -1 }]],
  ["acquire", ["a", Infinity]],
  ["release", ["a"]],
  ["renew", ["a", 1]],
])("%s refuses %j", async (method, args) => {
  const lock = lockOf() as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;

  expect(await failureOf(lock[method]!(...args))).toMatchObject({ code: "GROVE-LOOM-024" });
});

test("acquiring is two rows, renewing and releasing one each, waiting and being refused none", async () => {
  const rows = await runInDurableObject(lockOf(), async (object, { storage }) => {
    const written = () => Number(storage.sql.exec("SELECT total_changes() AS rows").one().rows);
    await object.acquire("other", minute); // and two for the sweep's alarm
    const counts: number[] = [];
    const steps = [
      () => object.acquire("a", minute),
      () => object.acquire("a", minute),
      () => object.renew("a", 2, 2 * minute),
      () => object.release("a", 1),
      () => object.release("a", 2),
    ];
    for (const step of steps) {
      const before = written();
      await step();
      await Promise.resolve();
      counts.push(written() - before);
    }
    return counts;
  });

  expect(rows).toEqual([2, 0, 1, 0, 1]);
});

test("withDistributedLock holds one object a lock while its work runs, and gives what that gives", async () => {
  const lockId = crypto.randomUUID();
  const seen = await withDistributedLock(locks, lockId, { ttl: "1m" }, async ({ token, signal }) => {
    const lock = locks.getByName(lockId);
    return [token, signal.aborted, await lock.isHeld(lockId, token), await lock.acquire(lockId, 1)];
  });

  expect(seen).toEqual([1, false, true, null]);
  expect(await locks.getByName(lockId).isHeld(lockId, 1)).toBe(false);
});

test("withDistributedLock releases after a failure, and passes it on", async () => {
  const lockId = crypto.randomUUID();
  const failing = withDistributedLock(locks, lockId, { ttl: minute }, () => Promise.reject(new Error("no paper")));

  expect(await failureOf(failing)).toMatchObject({ message: "no paper" });
  expect(await withDistributedLock(locks, lockId, { ttl: minute }, ({ token }) => token)).toBe(2);
});

test("withDistributedLock that does not get the lock throws 030, and its work does not run", async () => {
  const lockId = crypto.randomUUID();
  const work = vi.fn<() => void>();
  await locks.getByName(lockId).acquire(lockId, minute);

  const failure = await failureOf(withDistributedLock(locks, lockId, { ttl: minute, wait: 1 }, work));
  expect(failure).toMatchObject({ code: "GROVE-LOOM-030", status: 503 });
  expect(work).not.toHaveBeenCalled();
});

test("withDistributedLock runs one at a time, and loses no update", async () => {
  const lockId = crypto.randomUUID();
  let count = 0;
  const add = () =>
    withDistributedLock(locks, lockId, { ttl: minute, wait: minute }, async () => {
      const before = count;
      await scheduler.wait(0);
      count = before + 1;
    });
  await Promise.all(Array.from({ length: 12 }, add));

  expect(count).toBe(12);
});

/** Until `lease` is lost. */
function loss({ signal }: HeldLease): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason), { once: true }));
}

/** The lock's namespace, with another `renew`. */
function renewingBy(lockId: string, renew: DistributedLock["renew"] | (() => Promise<never>)) {
  const lock = locks.getByName(lockId);
  const stub = {
    acquire: (...args: Parameters<DistributedLock["acquire"]>) => lock.acquire(...args),
    release: (...args: Parameters<DistributedLock["release"]>) => lock.release(...args),
    renew,
  };
  return { getByName: () => stub } as never;
}

test("withDistributedLock renews the lease while its work runs", async () => {
  vi.useRealTimers();
  const lockId = crypto.randomUUID();
  const ends: number[] = [];
  const renewedTwice = Promise.withResolvers<void>();
  const renew = async (...args: Parameters<DistributedLock["renew"]>) => {
    const lease = await locks.getByName(lockId).renew(...args);
    if (ends.push(lease!.expiresAt) === 2) renewedTwice.resolve();
    return lease;
  };
  await withDistributedLock(renewingBy(lockId, renew as never), lockId, { ttl: 900 }, async ({ token, signal }) => {
    await renewedTwice.promise;
    expect([await locks.getByName(lockId).isHeld(lockId, token), signal.aborted]).toEqual([true, false]);
  });

  expect(ends[1]).toBeGreaterThan(ends[0]!);
});

test("withDistributedLock tells its work when the lease was lost to somebody else", async () => {
  vi.useRealTimers();
  const lockId = crypto.randomUUID();
  const lock = locks.getByName(lockId);
  const reason = await withDistributedLock(locks, lockId, { ttl: 600 }, async (lease) => {
    await lock.release(lockId, lease.token);
    await lock.acquire(lockId, minute);
    return loss(lease);
  });

  expect(reason).toMatchObject({ code: "GROVE-LOOM-030", message: expect.stringContaining("lost") });
  expect(await lock.isHeld(lockId, 2)).toBe(true);
});

test("withDistributedLock tells its work when no renewal arrives for as long as the lease is", async () => {
  vi.useRealTimers();
  const lockId = crypto.randomUUID();
  const cut = renewingBy(lockId, () => Promise.reject(new Error("Network connection lost.")));

  expect(await withDistributedLock(cut, lockId, { ttl: 30 }, loss)).toMatchObject({ code: "GROVE-LOOM-030" });
});
