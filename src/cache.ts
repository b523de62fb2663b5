import { keyOfArguments } from "./cache/argument-key.ts";
import { CachedCalls } from "./cache/calls.ts";
import type { Keeping } from "./cache/calls.ts";
import { milliseconds } from "./duration.ts";
import { misuse } from "./errors.ts";
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

/** One call of a @Cached method. */
export interface CacheRequest {
  /** Whose results: the function that stands for the method, so that a parent's and its child's are two. */
  readonly owner: unknown;
  /** What clear() knows the method by. */
  readonly name: string;
  readonly where: string;
  readonly args: readonly unknown[];
  readonly load: () => unknown;
  readonly keeping: Keeping;
}

interface CachedMethod {
  readonly name: string;
  readonly calls: CachedCalls;
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
  readonly #methods = new Map<unknown, CachedMethod>();
  readonly #log: LoomLogger;

  constructor(log: LoomLogger = new LoomLogger("Cache", "")) {
    this.#log = log;
  }

  /** Remembers what `load` returns under `name`, without a decorated method. */
  async remember<Result>(name: string, load: () => Result, options: RememberOptions): Promise<Awaited<Result>> {
    const where = `remember(${JSON.stringify(name)})`;
    const keeping = keepingOf(options.ttl, options, where);
    return this.recall({ owner: name, name, where, args: options.args ?? [], load, keeping }) as Promise<
      Awaited<Result>
    >;
  }

  /** Forgets everything, or one method's results, or the one for these arguments; a running call will not be kept. */
  clear(): void;
  clear(name: string, ...args: readonly unknown[]): void;
  clear<Args extends readonly unknown[]>(method: (...args: Args) => unknown, ...args: NoInfer<Args> | []): void;
  clear(target?: string | { readonly name: string }, ...args: readonly unknown[]): void {
    const name = typeof target === "object" || typeof target === "function" ? target.name : target;
    const key = args.length === 0 ? undefined : keyOfArguments(args, `cache.clear(${name})`);
    for (const method of this.#methods.values()) {
      if (name === undefined || method.name === name) method.calls.clear(key);
    }
  }

  /** What remember and @Cached share: the request spelled out. */
  async recall({ owner, name, where, args, load, keeping }: CacheRequest): Promise<unknown> {
    const method = this.#methods.get(owner) ?? { name, calls: new CachedCalls() };
    this.#methods.set(owner, method);
    const onStale = (cause: unknown) =>
      this.#log.errorWithCause(`${where} failed: the last good result is served`, cause);
    return method.calls.get({ key: keyOfArguments(args, where), load, where, keeping, onStale });
  }
}

/** Checks what @Cached was given, once. */
export function keepingOf(ttl: Duration, options: CacheOptions, where: string): Keeping {
  const { max = 1_000, staleOnError = false, timeout = "30s" } = options;
  if (!Number.isInteger(max) || max < 1)
    throw misuse(`${where}: \`max\` is ${String(max)}. Write a whole number from 1.`);
  return { ttl: milliseconds(ttl, where), max, staleOnError, timeout: milliseconds(timeout, where) };
}
