import type { Lease } from "./lease.ts";
import { after } from "./timer.ts";

/** One caller who waits: in memory, as the call does. */
export interface Waiter {
  readonly ttl: number;
  readonly wait: number;
  resolve(lease: Lease | null): void;
}

interface Queue {
  readonly waiters: { readonly waiter: Waiter; readonly stay: () => void }[];
  cancelAlert?: () => void;
}

/** Who waits for which lock, first come first served. Its timers keep nothing awake: the calls that wait do. */
export class Waiting {
  readonly #queues = new Map<string, Queue>();

  has(lockId: string): boolean {
    return this.#queues.has(lockId);
  }

  /** The locks that somebody waits for. */
  lockIds(): string[] {
    return [...this.#queues.keys()];
  }

  add(lockId: string, waiter: Waiter): void {
    const queue = this.#queues.get(lockId) ?? { waiters: [] };
    this.#queues.set(lockId, queue);
    const leave = () => {
      queue.waiters.splice(queue.waiters.indexOf(entry), 1);
      if (queue.waiters.length === 0) this.#end(lockId);
      waiter.resolve(null);
    };
    const entry = { waiter, stay: after(waiter.wait, leave) };
    queue.waiters.push(entry);
  }

  /** The first in line, who waits no longer. */
  shift(lockId: string): Waiter | undefined {
    const queue = this.#queues.get(lockId);
    const entry = queue?.waiters.shift();
    entry?.stay();
    if (queue?.waiters.length === 0) this.#end(lockId);
    return entry?.waiter;
  }

  /** Calls `ring` after so many milliseconds, in place of when it would have, unless nobody waits by then. */
  alert(lockId: string, milliseconds: number, ring: () => void): void {
    const queue = this.#queues.get(lockId);
    if (!queue) return;
    queue.cancelAlert?.();
    queue.cancelAlert = after(milliseconds, ring);
  }

  #end(lockId: string): void {
    this.#queues.get(lockId)?.cancelAlert?.();
    this.#queues.delete(lockId);
  }
}
