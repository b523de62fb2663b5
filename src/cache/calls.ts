import { AsyncLocalStorage } from "#platform";
import { misuse } from "../errors.ts";
import { freezeDeep } from "../data/freeze.ts";
import { joined } from "../lock/shared-call.ts";
import type { LoomLogger } from "../logger.ts";

/** How long results are kept, and how many. */
export interface Keeping {
  /** Milliseconds that a result is fresh. */
  readonly ttl: number;
  readonly max: number;
  readonly staleOnError: boolean;
  /** Milliseconds after which a call that still runs is not joined any more. */
  readonly timeout: number;
}

/** One call of a @Cached method. */
export interface CachedCall {
  /** Whose results: the function that stands for the method, so that a parent's and its child's are two. */
  readonly owner: unknown;
  /** What clear() knows the method by. */
  readonly name: string;
  /** How errors name the place: `@Cached config`. */
  readonly where: string;
  readonly args: readonly unknown[];
  readonly keeping: Keeping;
}

interface Kept {
  readonly result: unknown;
  readonly freshUntil: number;
}

class Flight {
  readonly load: () => unknown;
  readonly since = Date.now();
  isOver = false;
  result!: Promise<unknown>;

  constructor(load: () => unknown) {
    this.load = load;
  }
}

// A key this long would weigh more than most results: such a call is joined while it runs, and not kept.
const maxKeyLength = 8_192;

const flightsHere = new AsyncLocalStorage<readonly Flight[]>();

/** The results and the running calls of one method, by its arguments. */
export class CachedCalls {
  readonly #kept = new Map<string, Kept>();
  readonly #flights = new Map<string, Flight>();
  /** What clear() knows the method by. */
  readonly name: string;
  readonly #log: LoomLogger;

  constructor(name: string, log: LoomLogger) {
    this.name = name;
    this.#log = log;
  }

  /** The kept result while it is fresh, else the running call's, else a new call's. */
  get(key: string, call: CachedCall, load: () => unknown): Promise<unknown> {
    const kept = this.#kept.get(key);
    if (kept && Date.now() < kept.freshUntil) {
      this.#keep(key, kept);
      return Promise.resolve(kept.result);
    }
    const flight = this.#flights.get(key);
    if (flight && flightsHere.getStore()?.includes(flight)) {
      throw misuse(
        `${call.where}: the call asks for its own result and would wait for itself. Give it other arguments.`,
      );
    }
    if (!flight || Date.now() - flight.since > call.keeping.timeout) return this.#start(key, call, new Flight(load));
    return joined(flight.result);
  }

  /** Forgets the call `key`, or all; a call that still runs will not be kept. */
  clear(key?: string): void {
    for (const calls of [this.#kept, this.#flights]) {
      if (key === undefined) calls.clear();
      else calls.delete(key);
    }
  }

  #start(key: string, call: CachedCall, flight: Flight): Promise<unknown> {
    this.#flights.set(key, flight);
    const outer = flightsHere.getStore()?.filter(({ isOver }) => !isOver) ?? [];
    flight.result = flightsHere.run([...outer, flight], () => this.#fly(key, call, flight));
    return flight.result;
  }

  async #fly(key: string, { where, keeping }: CachedCall, flight: Flight): Promise<unknown> {
    const { ttl, max, staleOnError } = keeping;
    try {
      const result = frozen(await flight.load(), where);
      if (this.#flights.get(key) === flight) this.#keep(key, { result, freshUntil: Date.now() + ttl }, max);
      return result;
    } catch (error) {
      const kept = staleOnError ? this.#kept.get(key) : undefined;
      if (!kept) throw error;
      this.#log.errorWithCause(`${where} failed: the last good result is served`, error);
      return kept.result;
    } finally {
      flight.isOver = true;
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  /** Puts the result last in line; the one used longest ago goes when there are too many. */
  #keep(key: string, kept: Kept, max = Infinity): void {
    if (key.length > maxKeyLength) return;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size > max) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

function frozen(result: unknown, where: string): unknown {
  if (result instanceof Response || result instanceof ReadableStream) {
    throw misuse(`${where}: a ${result.constructor.name} can be read once. Return the data instead.`);
  }
  return freezeDeep(result);
}
