import { AsyncLocalStorage } from "#platform";
import { LOOM_ERRORS } from "./catalogue.ts";
import { LoomError, misuse } from "./errors.ts";
import { Hold, inTime, Lock, termsOf } from "./lock/queue.ts";
import type { LockMode, LockRequest } from "./lock/queue.ts";
import { joined } from "./lock/shared-call.ts";
import type { Duration } from "./types.ts";

export type { LockMode };

/** How a lock treats a second caller. */
export interface LockOptions {
  /**
   * What a call does when the lock is taken: `share` gets the running call's result, `queue` waits its turn, first come
   * first served, and `reject` fails with status 409.
   *
   * @default "share"
   */
  readonly mode?: LockMode;
  /**
   * How long a call may wait before it fails with status 503; the running call is never cut short. A shared call that
   * runs longer is not joined any more: the next caller starts afresh.
   *
   * @default no limit
   */
  readonly timeout?: Duration;
}

// Entered around every locked call, so that what runs beneath it is known as the holder.
const holdsHere = new AsyncLocalStorage<readonly Hold[]>();

/**
 * Named locks of one object, in memory: an eviction frees them all.
 *
 * In modes queue and reject a call made by the holder itself, while it holds the lock, enters at once. A shared call
 * that needs its own lock again fails instead of waiting for itself. Calls that take two locks in opposite orders wait
 * for each other: give them a timeout.
 *
 * @example
 * ```ts
 * await this.locks.withLock("sync", () => this.sync(), { mode: "queue", timeout: "5s" });
 * ```
 */
export class PromiseLockMap {
  readonly #locks = new Map<string | symbol, Lock>();

  /** How many locks are held. */
  get size(): number {
    return this.#locks.size;
  }

  /** True while a call holds the lock `key`. */
  isLocked(key: string): boolean {
    return this.#locks.has(key);
  }

  /** Runs `call` under the lock `key`; the lock is free again when it ends, however it ends. */
  async withLock<Result>(key: string, call: () => Result, options: LockOptions = {}): Promise<Awaited<Result>> {
    const where = `withLock(${JSON.stringify(key)})`;
    return this.run({ key, where, ...termsOf(options, where) }, call);
  }

  /** What withLock and @Locked share: the request spelled out. */
  async run<Result>(request: LockRequest, call: () => Result): Promise<Awaited<Result>> {
    const { key, mode, where, wrapper } = request;
    const lock = this.#locks.get(key) ?? new Lock();
    const held = holdsHere.getStore()?.find((hold) => hold.lock === lock && hold.runs > 0);
    if (held) return (await this.#again(held, request, call)) as Awaited<Result>;
    const running = mode === "share" ? lock.shared.get(wrapper) : undefined;
    if (running && !running.isOverdue) return (await inTime(joined(running.result), request)) as Awaited<Result>;
    if (mode === "reject" && !lock.isFree) {
      throw new LoomError(LOOM_ERRORS.LOCKED, { message: `${where}: another call is running.` });
    }
    this.#locks.set(key, lock);
    const hold = new Hold(lock, request);
    hold.result = this.#enter(hold, call);
    if (mode === "share") lock.shared.set(wrapper, hold);
    return (await hold.result) as Awaited<Result>;
  }

  async #enter(hold: Hold, call: () => unknown): Promise<unknown> {
    try {
      const turn = hold.lock.enter(hold);
      if (turn) await turn;
      const outer = holdsHere.getStore()?.filter(({ runs }) => runs > 0) ?? [];
      return await holdsHere.run([...outer, hold], async () => call());
    } finally {
      this.#end(hold);
    }
  }

  async #again(held: Hold, request: LockRequest, call: () => unknown): Promise<unknown> {
    const { member, wrapper } = held.request;
    const isSuper = member !== undefined && request.member === member && request.wrapper !== wrapper;
    if (request.mode === "share" && !isSuper) {
      const what = `the call holds the lock ${JSON.stringify(String(request.key))} and would wait for itself`;
      throw misuse(`${request.where}: ${what}. Write \`{ mode: "queue" }\`.`);
    }
    held.runs += 1;
    try {
      return await call();
    } finally {
      this.#end(held);
    }
  }

  #end(hold: Hold): void {
    const { lock, request } = hold;
    hold.runs -= 1;
    if (hold.runs > 0) return;
    lock.leave(hold);
    if (lock.isFree) this.#locks.delete(request.key);
  }
}
