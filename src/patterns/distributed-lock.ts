import { Alarm, type AlarmInfo, Loom, LoomDO, Persisted, PersistedMap, Rpc } from "../index.ts";
import { type AcquireOptions, acquireOptions, type Lease, lockId, token, ttl } from "./distributed-lock/lease.ts";
import { Waiting } from "./distributed-lock/waiting.ts";

const minute = 60_000;

/**
 * Locks by name, each for so long as its lease: with a queue, and a fencing token that grows for ever.
 *
 * @example
 * ```ts
 * const lease = await lock.acquire("invoices", 30_000, { wait: 5_000 });
 * if (lease) await lock.release("invoices", lease.token);
 * ```
 */
@Loom({ name: "DistributedLock" })
export class DistributedLock<TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  @Persisted accessor #leases = new PersistedMap<Lease>();
  // Of all locks, and kept when none is held: no lease ever has a token that another had.
  @Persisted accessor #lastToken = 0;
  readonly #waiting = new Waiting();

  /** A lease of `ttl` milliseconds; null if the lock is held, and was till the wait was over. */
  @Rpc({ args: [lockId, ttl, acquireOptions] })
  async acquire(lockId: string, ttl: number, { wait = 0 }: AcquireOptions = {}): Promise<Lease | null> {
    this.#handOver(lockId);
    if (!this.#holder(lockId)) return this.#grant(lockId, ttl);
    if (wait === 0) return null;
    return new Promise((resolve) => {
      this.#waiting.add(lockId, { ttl, wait, resolve });
      this.#handOver(lockId);
    });
  }

  /** The lease, to end `ttl` milliseconds from now; null if it has ended, whoever holds the lock now. */
  @Rpc({ args: [lockId, token, ttl] })
  renew(lockId: string, token: number, ttl: number): Lease | null {
    return this.isHeld(lockId, token) ? this.#keep({ lockId, token, expiresAt: Date.now() + ttl }) : null;
  }

  /** Ends the lease: false if it had ended. Nobody else's is touched. */
  @Rpc({ args: [lockId, token] })
  release(lockId: string, token: number): boolean {
    const wasHeld = this.isHeld(lockId, token);
    if (wasHeld) this.#leases.delete(lockId);
    this.#handOver(lockId);
    return wasHeld;
  }

  /** True while the lease with this token holds the lock. */
  @Rpc({ args: [lockId, token] })
  isHeld(lockId: string, token: number): boolean {
    return this.#holder(lockId)?.token === token;
  }

  /** The lease that holds the lock now. */
  #holder(lockId: string): Lease | undefined {
    const lease = this.#leases.get(lockId);
    return lease && lease.expiresAt > Date.now() ? lease : undefined;
  }

  /** Deletes leases that nobody released. */
  @Alarm("sweep")
  async sweep(_payload: undefined, { scheduledTime }: AlarmInfo): Promise<void> {
    for (const lockId of this.#waiting.lockIds()) this.#handOver(lockId);
    const now = Date.now();
    let next = Infinity;
    for await (const page of this.#leases.pages()) {
      for (const [lockId, { expiresAt }] of page) {
        if (expiresAt <= now) this.#leases.delete(lockId);
        else next = Math.min(next, expiresAt);
      }
    }
    if (next < Infinity) await this.#sweepAt(next, Math.max(now, scheduledTime.getTime()));
  }

  /** Grants a lock that is free to the first in line, and comes back when that lease ends. */
  #handOver(lockId: string): void {
    if (!this.#waiting.has(lockId)) return;
    if (!this.#holder(lockId)) {
      const { ttl, resolve } = this.#waiting.shift(lockId)!;
      resolve(this.#grant(lockId, ttl));
    }
    const { expiresAt } = this.#holder(lockId)!;
    this.#waiting.alert(lockId, expiresAt - Date.now(), () => this.#handOver(lockId));
  }

  #grant(lockId: string, ttl: number): Lease {
    this.#lastToken += 1;
    return this.#keep({ lockId, token: this.#lastToken, expiresAt: Date.now() + ttl });
  }

  #keep(lease: Lease): Lease {
    this.#leases.set(lease.lockId, lease);
    void this.#sweepAt(lease.expiresAt);
    return lease;
  }

  #sweepAt(expiresAt: number, now = Date.now()): Promise<boolean> {
    return this.alarms.ensureScheduled(this.sweep, new Date(Math.max(expiresAt, now + minute)));
  }
}
