import { type Duration, getLoomRPCStub, LOOM_ERRORS, LoomError, milliseconds } from "../../index.ts";
import type { DistributedLock } from "../distributed-lock.ts";
import { Keeper } from "./keeper.ts";
import type { Lease } from "./lease.ts";

/** How a lock is held. */
export interface HoldOptions {
  /** How long the lock outlives a holder that is gone; renewed while the work runs. */
  readonly ttl: Duration;
  /** How long to wait for a lock that is held. @default 0 */
  readonly wait?: Duration;
}

/** The lease that work runs under. */
export interface HeldLease extends Pick<Lease, "lockId" | "token"> {
  /** Aborted when the lease was lost: somebody else may hold the lock by then. */
  readonly signal: AbortSignal;
}

type Work<Result> = (lease: HeldLease) => Result | Promise<Result>;

/**
 * Runs `work` while it holds the lock, one object a lock; throws `GROVE-LOOM-030` if it does not get it.
 *
 * @example
 * ```ts
 * await withDistributedLock(env.LOCKS, "invoices", { ttl: "30s", wait: "5s" }, ({ token }) => bill(token));
 * ```
 */
export async function withDistributedLock<Result>(
  namespace: DurableObjectNamespace<DistributedLock> | DurableObjectNamespace | undefined,
  lockId: string,
  ...[options, work]: readonly [options: HoldOptions, work: Work<Result>]
): Promise<Result> {
  const where = `withDistributedLock("${lockId}")`;
  const ttl = milliseconds(options.ttl, where);
  // A stub may stay broken after a failed call: each call has its own.
  const lock = () => getLoomRPCStub<DistributedLock>(namespace, lockId);
  const lease = await lock().acquire(lockId, ttl, { wait: milliseconds(options.wait ?? 0, where) });
  if (!lease) throw new LoomError(LOOM_ERRORS.LOCK_TIMEOUT, { message: `${where}: it is held.` });
  const { token } = lease;
  const keeper = new Keeper(ttl, () => lock().renew(lockId, token, ttl));
  try {
    return await work({ lockId, token, signal: keeper.signal });
  } finally {
    keeper.stop();
    // What the work did stands; a lease that could not be released ends by itself.
    await lock()
      .release(lockId, token)
      .catch(() => false);
  }
}
