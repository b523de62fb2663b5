import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";

/** What a call does when its lock is taken: get the running call's result, wait, or fail at once. */
export type LockMode = "share" | "queue" | "reject";

/** One call that wants a lock. */
export interface LockRequest<Result = unknown> {
  readonly key: string | symbol;
  readonly call: () => Result;
  readonly mode: LockMode;
  /** Milliseconds that the call may wait. */
  readonly timeout: number | undefined;
  /** How errors name the place: `@Locked save`. */
  readonly where: string;
  /** The @Locked member and the function that stands for it: `super.save()` is the same member, another function. */
  readonly member?: string | symbol;
  readonly wrapper?: unknown;
}

/** One request's place at a lock, from waiting to released. */
export class Hold {
  readonly owner: object;
  readonly request: LockRequest;
  /** Runs under this hold: the call itself and what it re-entered for. The lock is free when all have ended. */
  runs = 1;
  #since: number | undefined;

  constructor(owner: object, request: LockRequest) {
    this.owner = owner;
    this.request = request;
  }

  /** Starts the clock of a shared call. */
  begin(): void {
    this.#since = Date.now();
  }

  /** True for a shared call that ran longer than its timeout: nobody joins it, and another may run beside it. */
  get isOverdue(): boolean {
    const { mode, timeout } = this.request;
    return mode === "share" && timeout !== undefined && this.#since !== undefined && Date.now() - this.#since > timeout;
  }
}

interface Waiter {
  readonly hold: Hold;
  enter(): void;
}

/** Who holds one lock and who waits for it, first come first served. */
export class LockQueue {
  readonly #holds = new Set<Hold>();
  readonly #waiting: Waiter[] = [];

  get isFree(): boolean {
    return this.#holds.size === 0 && this.#waiting.length === 0;
  }

  /** Takes the lock now, or says that it cannot be had without waiting. */
  tryEnter(hold: Hold): boolean {
    if (this.#waiting.length > 0 || !this.#admits(hold)) return false;
    this.#admit(hold);
    return true;
  }

  /** Resolves once `hold` has the lock; rejects when the wait runs out of time, and leaves the queue. */
  wait(hold: Hold): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = startTimer(hold.request, (error) => {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      reject(error);
      this.#admitNext();
    });
    const waiter: Waiter = {
      hold,
      enter() {
        stop();
        resolve();
      },
    };
    this.#waiting.push(waiter);
    return promise;
  }

  /** Gives the lock up; the next in line has it before this returns, so nobody can push in. */
  leave(hold: Hold): void {
    this.#holds.delete(hold);
    this.#admitNext();
  }

  #admits(hold: Hold): boolean {
    return [...this.#holds].every((other) => hold.request.mode === "share" && other.isOverdue);
  }

  #admit(hold: Hold): void {
    this.#holds.add(hold);
    hold.begin();
  }

  #admitNext(): void {
    for (let next = this.#waiting[0]; next && this.#admits(next.hold); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#admit(next.hold);
      next.enter();
    }
  }
}

/** Calls `expire` when the request's time is up; the function it returns stops the clock. */
export function startTimer({ timeout, where }: LockRequest, expire: (error: LoomError) => void): () => void {
  if (timeout === undefined) return () => {};
  const message = `${where}: waited ${timeout} ms for its lock.`;
  // A delay over 31 bits would fire at once.
  const timer = setTimeout(
    () => expire(new LoomError(LOOM_ERRORS.LOCK_TIMEOUT, { message })),
    Math.min(timeout, 2 ** 31 - 1),
  );
  return () => clearTimeout(timer);
}

/** Refuses a mode that there is none of. */
export function checkMode(mode: LockMode, where: string): void {
  if (mode === "share" || mode === "queue" || mode === "reject") return;
  throw misuse(`${where}: mode is "${String(mode)}". Write "share", "queue" or "reject".`);
}
