import { LOOM_ERRORS } from "../catalogue.ts";
import { milliseconds } from "../duration.ts";
import { LoomError, misuse } from "../errors.ts";
import type { LockOptions } from "../lock.ts";

/** What a call does when its lock is taken: get the running call's result, wait, or fail at once. */
export type LockMode = "share" | "queue" | "reject";

/** On which terms a call wants a lock. */
export interface LockTerms {
  readonly mode: LockMode;
  /** Milliseconds that the call may wait. */
  readonly timeout: number;
}

/** One call that wants a lock. */
export interface LockRequest extends LockTerms {
  readonly key: string | symbol;
  /** How errors name the place: `@Locked save`. */
  readonly where: string;
  /** The @Locked member and the function that stands for it: `super.save()` is the same member, another function. */
  readonly member?: string | symbol;
  readonly wrapper?: unknown;
}

/** One request's place at a lock, from waiting to released. */
export class Hold {
  readonly lock: Lock;
  readonly request: LockRequest;
  /** Runs under this hold: the call itself and what it re-entered for. The lock is free when all have ended. */
  runs = 1;
  /** When it got the lock. */
  since = Infinity;
  /** What its call ends with. */
  result!: Promise<unknown>;

  constructor(lock: Lock, request: LockRequest) {
    this.lock = lock;
    this.request = request;
  }

  /** True for a shared call that ran longer than its timeout: nobody joins it, and another may run beside it. */
  get isOverdue(): boolean {
    return this.request.mode === "share" && Date.now() - this.since > this.request.timeout;
  }
}

/** Who holds one lock and who waits for it, first come first served. */
export class Lock {
  /** The running shared calls, by the method they stand for: two methods under one name never swap results. */
  readonly shared = new Map<unknown, Hold>();
  readonly #holds = new Set<Hold>();
  readonly #waiting = new Map<Hold, () => void>();

  get isFree(): boolean {
    return this.#holds.size + this.#waiting.size === 0;
  }

  /** Undefined when `hold` has the lock at once; else resolves when it has, or rejects when its time is up. */
  enter(hold: Hold): Promise<void> | undefined {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(hold, resolve);
    this.#admit();
    return this.#holds.has(hold) ? undefined : inTime(promise, hold.request);
  }

  /** Gives the lock, or the wait for it, up; the next in line has it before this returns, so nobody can push in. */
  leave(hold: Hold): void {
    const { wrapper } = hold.request;
    if (this.shared.get(wrapper) === hold) this.shared.delete(wrapper);
    this.#holds.delete(hold);
    this.#waiting.delete(hold);
    this.#admit();
  }

  #admit(): void {
    for (const [hold, enter] of this.#waiting) {
      const mayEnter = [...this.#holds].every((other) => hold.request.mode === "share" && other.isOverdue);
      if (!mayEnter) return;
      this.#waiting.delete(hold);
      this.#holds.add(hold);
      hold.since = Date.now();
      enter();
    }
  }
}

/** What `promise` resolves to, or an error once the request's time is up. */
export function inTime<Result>(promise: Promise<Result>, { timeout, where }: LockTerms & { where: string }) {
  if (timeout === Infinity) return promise;
  const late = Promise.withResolvers<never>();
  const message = `${where}: waited ${timeout} ms for its lock.`;
  const timer = setTimeout(
    () => late.reject(new LoomError(LOOM_ERRORS.LOCK_TIMEOUT, { message })),
    // A delay over 31 bits would fire at once.
    Math.min(timeout, 2 ** 31 - 1),
  );
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

/** Checks what a lock was given; `where` names the place. */
export function termsOf({ mode = "share", timeout }: LockOptions, where: string): LockTerms {
  if (!["share", "queue", "reject"].includes(mode)) {
    throw misuse(`${where}: mode is "${mode}". Write "share", "queue" or "reject".`);
  }
  return { mode, timeout: timeout === undefined ? Infinity : milliseconds(timeout, where) };
}
