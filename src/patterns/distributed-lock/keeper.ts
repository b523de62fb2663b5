import { LOOM_ERRORS, LoomError } from "../../index.ts";
import { after } from "./timer.ts";

/** Renews a lease till it is stopped, and says when it is lost. */
export class Keeper {
  readonly #lost = new AbortController();
  readonly #ttl: number;
  readonly #renew: () => PromiseLike<unknown>;
  #cancelNext: (() => void) | undefined;
  #cancelEnd: (() => void) | undefined;
  #isStopped = false;

  /** `renew` gives null when the lease has ended. */
  constructor(ttl: number, renew: () => PromiseLike<unknown>) {
    this.#ttl = ttl;
    this.#renew = renew;
    this.#holdTill(Date.now() + ttl);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelNext?.();
    this.#cancelEnd?.();
  }

  /** The lease is good until `end`, as far as this side can know: a third of it before the next renewal. */
  #holdTill(end: number): void {
    this.#cancelEnd?.();
    this.#cancelEnd = after(end - Date.now(), () => this.#lose());
    this.#renewSoon();
  }

  #renewSoon(): void {
    this.#cancelNext = after(this.#ttl / 3, () => void this.#renewNow());
  }

  async #renewNow(): Promise<void> {
    const sent = Date.now();
    try {
      const lease = await this.#renew();
      if (this.#isStopped) return;
      if (lease === null) this.#lose();
      else this.#holdTill(sent + this.#ttl); // from when it was sent: the object counts from later
    } catch {
      if (!this.#isStopped) this.#renewSoon(); // the lease runs on, and ends in time if no renewal arrives
    }
  }

  #lose(): void {
    this.stop();
    this.#lost.abort(new LoomError(LOOM_ERRORS.LOCK_TIMEOUT, { message: "The lease was lost." }));
  }
}
