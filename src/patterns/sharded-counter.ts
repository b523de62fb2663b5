import { type Duration, getLoomStub, milliseconds, type Namespace } from "../index.ts";
import type { Counter } from "./counter.ts";

/** How a ShardedCounter is spread and read. */
export interface ShardedCounterOptions {
  /** How many Counter objects there are; may be raised later, never lowered. @default 16 */
  readonly shards?: number;
  /** How old a value may be that is handed out without asking the shards. @default "5s" */
  readonly cache?: Duration;
}

interface Known {
  readonly value: number;
  readonly at: number;
}

// By the binding and the counter's name: a Worker makes a helper a request, and all of an isolate share what is known.
const known = new WeakMap<object, Map<string, Known>>();
// A Worker may have more counters than it should remember.
const mostKnown = 10_000;

/**
 * A counter of many Counter objects, for more increments than one object takes: a helper for Workers.
 *
 * Increments go to a shard at random; `value()` asks all of them at once and remembers the sum for `cache`.
 *
 * @example
 * ```ts
 * const views = new ShardedCounter(env.COUNTERS, "page-views", { shards: 32 });
 * await views.increment();
 * ```
 */
export class ShardedCounter {
  readonly #namespace: Namespace<Counter>;
  readonly #name: string;
  readonly #shards: number;
  readonly #cache: number;

  constructor(namespace: Namespace<Counter>, name: string, { shards = 16, cache = "5s" }: ShardedCounterOptions = {}) {
    if (!Number.isInteger(shards) || shards < 1) {
      throw new RangeError(`ShardedCounter: ${shards} shards are no number of objects. Write 1 or more.`);
    }
    this.#namespace = namespace;
    this.#name = name;
    this.#shards = shards;
    this.#cache = milliseconds(cache, "ShardedCounter: cache");
  }

  /** Adds `by`. */
  async increment(by = 1): Promise<void> {
    await this.#shard(this.#anyShard()).increment(by);
  }

  /** Takes `by` off. */
  async decrement(by = 1): Promise<void> {
    await this.#shard(this.#anyShard()).decrement(by);
  }

  /** The sum of all shards, at most `cache` old. With `fresh` they are asked again. */
  async value({ fresh = false }: { readonly fresh?: boolean } = {}): Promise<number> {
    const now = Date.now();
    const found = known.get(this.#namespace!)?.get(this.#name);
    if (!fresh && found && found.at <= now && now - found.at < this.#cache) return found.value;
    const value = await this.#sum((shard) => shard.value());
    this.#remember({ value, at: now });
    return value;
  }

  /** Makes every shard 0; what they were together. */
  async reset(): Promise<number> {
    const before = await this.#sum((shard) => shard.reset());
    known.get(this.#namespace!)?.delete(this.#name);
    return before;
  }

  async #sum(ask: (shard: DurableObjectStub<Counter>) => Promise<number>): Promise<number> {
    const shards = Array.from({ length: this.#shards }, (_, index) => this.#shard(index));
    const values = await Promise.all(shards.map(ask));
    return values.reduce((sum, value) => sum + value, 0);
  }

  #shard(index: number): DurableObjectStub<Counter> {
    return getLoomStub(this.#namespace, `${this.#name}#${index}`);
  }

  #anyShard(): number {
    return Math.floor(Math.random() * this.#shards);
  }

  // The number, never the promise: a Worker may not wait for what another request began.
  #remember(entry: Known): void {
    const byName = known.get(this.#namespace!) ?? new Map<string, Known>();
    byName.delete(this.#name);
    if (byName.size >= mostKnown) byName.delete(byName.keys().next().value!);
    known.set(this.#namespace!, byName.set(this.#name, entry));
  }
}
