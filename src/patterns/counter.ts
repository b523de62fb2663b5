import { LOOM_ERRORS, LoomDO, LoomError, type LoomRequestContext, Persisted, Route, Rpc } from "../index.ts";
import { Amount, AmountQuery } from "./amount.ts";

type Counting<Path extends `/${string}`> = LoomRequestContext<Path, { query: typeof AmountQuery }>;

/**
 * A number that counts: over HTTP, and over RPC with `increment`, `decrement`, `reset` and `value`.
 *
 * @example
 * ```ts
 * const { value } = await loomFetchJson<{ value: number }>(counter, "/increment", { method: "POST" });
 * ```
 */
export class Counter<TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  @Persisted accessor #value = 0;

  /** Adds `by`; the value it then is. Counted twice if it is called twice: nothing repeats it by itself. */
  @Rpc({ args: [Amount] })
  increment(by?: number): number {
    return this.#set(this.#value + (by ?? 1));
  }

  /** Takes `by` off, below zero too; the value it then is. */
  @Rpc({ args: [Amount] })
  decrement(by?: number): number {
    return this.#set(this.#value - (by ?? 1));
  }

  /** Makes it 0; the value it was. */
  @Rpc reset(): number {
    const before = this.#value;
    this.#value = 0;
    return before;
  }

  /** The value it is. */
  @Rpc({ idempotent: true })
  value(): number {
    return this.#value;
  }

  @Route("POST", "/increment", { query: AmountQuery })
  protected postIncrement({ query }: Counting<"/increment">) {
    return { value: this.increment(query.by) };
  }

  @Route("POST", "/decrement", { query: AmountQuery })
  protected postDecrement({ query }: Counting<"/decrement">) {
    return { value: this.decrement(query.by) };
  }

  @Route("POST", "/reset")
  protected postReset() {
    this.reset();
    return { value: 0 };
  }

  @Route("GET", "/value")
  protected getValue() {
    return { value: this.value() };
  }

  #set(value: number): number {
    if (!Number.isSafeInteger(value)) {
      const message = `The counter is at ${this.#value}: what comes after ${Number.MAX_SAFE_INTEGER} is not exact.`;
      throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message });
    }
    this.#value = value;
    return value;
  }
}
