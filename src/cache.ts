import { keyOfArguments } from "./cache/argument-key.ts";
import { CachedCalls } from "./cache/calls.ts";
import type { CachedCall, Keeping } from "./cache/calls.ts";
import { checkWhole } from "./data/whole-number.ts";
import { milliseconds } from "./duration.ts";
import { LoomLogger } from "./logger.ts";
import type { Duration } from "./types.ts";

/** What a cached method keeps. */
export interface CacheOptions {
  /** How many results are kept, one for each set of arguments; the one used longest ago goes first. @default 1000 */
  readonly max?: number;
  /** Serves the last good result, however old, when a refresh fails; the failure is logged. @default false */
  readonly staleOnError?: boolean;
  /**
   * How long a call may run before the next caller stops waiting for it and starts another; the callers it already has
   * keep waiting.
   *
   * @default "30s"
   */
  readonly timeout?: Duration;
}

/** One call to remember, for a Cache that is used without @Cached. */
export interface RememberOptions extends CacheOptions {
  /** How long a result is fresh. */
  readonly ttl: Duration;
  /** What the result depends on. @default [] */
  readonly args?: readonly unknown[];
}

/**
 * What the @Cached methods of one object remember, in memory: an eviction forgets it all.
 *
 * Results are frozen; failures are not kept; calls with equal arguments that overlap run once.
 *
 * @example
 * ```ts
 * this.cache.clear(this.config);
 * ```
 */
export class Cache {
  readonly #methods = new Map<unknown, CachedCalls>();
  readonly #log: LoomLogger;

  constructor(log: LoomLogger = new LoomLogger("Cache", "")) {
    this.#log = log;
  }

  /** Remembers what `load` returns under `name`, without a decorated method. */
  async remember<Result>(name: string, load: () => Result, options: RememberOptions): Promise<Awaited<Result>> {
    const where = `remember(${JSON.stringify(name)})`;
    const keeping = keepingOf(options.ttl, options, where);
    const call = { owner: name, name, where, args: options.args ?? [], keeping };
    return this.recall(call, load) as Promise<Awaited<Result>>;
  }

  /** Forgets everything, or one method's results, or the one for these arguments; a running call will not be kept. */
  clear(): void;
  clear(name: string, ...args: readonly unknown[]): void;
  clear<Args extends readonly unknown[]>(method: (...args: Args) => unknown, ...args: NoInfer<Args> | []): void;
  clear(target?: string | ((...args: never) => unknown), ...args: readonly unknown[]): void {
    const name = typeof target === "function" ? target.name : target;
    const key = args.length === 0 ? undefined : keyOfArguments(args, `cache.clear(${name})`);
    for (const calls of this.#methods.values()) {
      if (name === undefined || calls.name === name) calls.clear(key);
    }
  }

  /** What remember and @Cached share: the request spelled out. */
  async recall(call: CachedCall, load: () => unknown): Promise<unknown> {
    const { owner, name, args, where } = call;
    const calls = this.#methods.get(owner) ?? new CachedCalls(name, this.#log);
    this.#methods.set(owner, calls);
    return calls.get(keyOfArguments(args, where), call, load);
  }
}

/** Checks what @Cached was given, once. */
export function keepingOf(ttl: Duration, options: CacheOptions, where: string): Keeping {
  const { max = 1_000, staleOnError = false, timeout = "30s" } = options;
  checkWhole(max, `${where}: \`max\``);
  return { ttl: milliseconds(ttl, where), max, staleOnError, timeout: milliseconds(timeout, where) };
}
