import { AsyncLocalStorage } from "#platform";
import { LOOM_ERRORS } from "./catalogue.ts";
import { milliseconds } from "./duration.ts";
import { LoomError, misuse } from "./errors.ts";
import { checkMode, Hold, LockQueue } from "./lock/queue.ts";
import type { LockMode, LockRequest } from "./lock/queue.ts";
import { join } from "./lock/shared-call.ts";
import type { SharedCall } from "./lock/shared-call.ts";
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

interface Lock {
  readonly queue: LockQueue;
  /** The running shared calls, by the method they stand for: two methods under one name never swap results. */
  readonly shared: Map<unknown, SharedCall>;
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
    const timeout = options.timeout === undefined ? undefined : milliseconds(options.timeout, where);
    const { mode = "share" } = options;
    checkMode(mode, where);
    return this.run({ key, call, mode, timeout, where });
  }

  /** What withLock and @Locked share: the request spelled out. */
  async run<Result>(request: LockRequest<Result>): Promise<Awaited<Result>> {
    const held = this.#heldHere(request.key);
    if (held) return (await this.#again(held, request)) as Awaited<Result>;
    const lock = this.#lockOf(request.key);
    if (request.mode === "share") return (await this.#share(lock, request)) as Awaited<Result>;
    if (request.mode === "reject" && !lock.queue.isFree) {
      throw new LoomError(LOOM_ERRORS.LOCKED, { message: `${request.where}: another call is running.` });
    }
    return (await this.#enter(lock, new Hold(this, request))) as Awaited<Result>;
  }

  #heldHere(key: string | symbol): Hold | undefined {
    return holdsHere.getStore()?.find((hold) => hold.owner === this && hold.request.key === key && hold.runs > 0);
  }

  #lockOf(key: string | symbol): Lock {
    const lock = this.#locks.get(key) ?? { queue: new LockQueue(), shared: new Map() };
    this.#locks.set(key, lock);
    return lock;
  }

  #share(lock: Lock, request: LockRequest): Promise<unknown> {
    const running = lock.shared.get(request.wrapper);
    if (running && !running.hold.isOverdue) return join(running, request);
    const hold = new Hold(this, request);
    const result = this.#enter(lock, hold);
    lock.shared.set(request.wrapper, { hold, result });
    return result;
  }

  async #enter(lock: Lock, hold: Hold): Promise<unknown> {
    try {
      if (!lock.queue.tryEnter(hold)) await lock.queue.wait(hold);
      const outer = holdsHere.getStore()?.filter(({ runs }) => runs > 0) ?? [];
      return await holdsHere.run([...outer, hold], async () => hold.request.call());
    } finally {
      if (lock.shared.get(hold.request.wrapper)?.hold === hold) lock.shared.delete(hold.request.wrapper);
      this.#end(hold);
    }
  }

  async #again(held: Hold, request: LockRequest): Promise<unknown> {
    const { member, wrapper } = held.request;
    const isSuper = member !== undefined && request.member === member && request.wrapper !== wrapper;
    if (request.mode === "share" && !isSuper) throw waitsForItself(request);
    held.runs += 1;
    try {
      return await request.call();
    } finally {
      this.#end(held);
    }
  }

  #end(hold: Hold): void {
    hold.runs -= 1;
    const lock = this.#locks.get(hold.request.key);
    if (hold.runs > 0 || !lock) return;
    lock.queue.leave(hold);
    if (lock.queue.isFree) this.#locks.delete(hold.request.key);
  }
}

function waitsForItself({ where, key }: LockRequest): LoomError {
  return misuse(
    `${where}: the lock ${JSON.stringify(String(key))} is held by the very call that asks for it, which would wait for itself. ` +
      'Share nothing under a lock you hold: write `{ mode: "queue" }`, or give one of the two another name.',
  );
}
