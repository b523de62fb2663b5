import { AsyncLocalStorage } from "#platform";
import { misuse } from "../errors.ts";
import { freezeDeep } from "../data/freeze.ts";
import { joined } from "../lock/shared-call.ts";

/** How long results are kept, and how many. */
export interface Keeping {
  /** Milliseconds that a result is fresh. */
  readonly ttl: number;
  readonly max: number;
  readonly staleOnError: boolean;
  /** Milliseconds after which a call that still runs is not joined any more. */
  readonly timeout: number;
}

/** One call of a cached method. */
export interface CachedCall {
  readonly key: string;
  readonly load: () => unknown;
  /** How errors name the place: `@Cached config`. */
  readonly where: string;
  readonly keeping: Keeping;
  /** Told when a kept result is served because a refresh failed. */
  readonly onStale: (cause: unknown) => void;
}

interface Kept {
  readonly result: unknown;
  readonly freshUntil: number;
}

class Flight {
  readonly since = Date.now();
  isOver = false;
  result!: Promise<unknown>;
}

// A key this long would weigh more than most results: such a call is joined while it runs, and not kept.
const maxKeyLength = 8_192;

const flightsHere = new AsyncLocalStorage<readonly Flight[]>();

/** The results and the running calls of one method, by its arguments. */
export class CachedCalls {
  readonly #kept = new Map<string, Kept>();
  readonly #flights = new Map<string, Flight>();

  /** The kept result while it is fresh, else the running call's, else a new call's. */
  get(call: CachedCall): Promise<unknown> {
    const kept = this.#kept.get(call.key);
    if (kept && Date.now() < kept.freshUntil) {
      this.#keep(call, kept);
      return Promise.resolve(kept.result);
    }
    const flight = this.#flights.get(call.key);
    if (flight && flightsHere.getStore()?.includes(flight)) throw waitsForItself(call.where);
    if (!flight || Date.now() - flight.since > call.keeping.timeout) return this.#start(call);
    return joined(flight.result);
  }

  /** Forgets the call `key`, or all; a call that still runs will not be kept. */
  clear(key?: string): void {
    for (const calls of [this.#kept, this.#flights]) {
      if (key === undefined) calls.clear();
      else calls.delete(key);
    }
  }

  #start(call: CachedCall): Promise<unknown> {
    const flight = new Flight();
    this.#flights.set(call.key, flight);
    const outer = flightsHere.getStore()?.filter(({ isOver }) => !isOver) ?? [];
    flight.result = flightsHere.run([...outer, flight], () => this.#fly(call, flight));
    return flight.result;
  }

  async #fly(call: CachedCall, flight: Flight): Promise<unknown> {
    try {
      const result = frozen(await call.load(), call.where);
      if (this.#isCurrent(call, flight)) this.#keep(call, { result, freshUntil: Date.now() + call.keeping.ttl });
      return result;
    } catch (error) {
      const kept = call.keeping.staleOnError ? this.#kept.get(call.key) : undefined;
      if (!kept) throw error;
      call.onStale(error);
      return kept.result;
    } finally {
      flight.isOver = true;
      if (this.#isCurrent(call, flight)) this.#flights.delete(call.key);
    }
  }

  #isCurrent({ key }: CachedCall, flight: Flight): boolean {
    return this.#flights.get(key) === flight;
  }

  /** Puts the result last in line; the one used longest ago goes when there are too many. */
  #keep({ key, keeping }: CachedCall, kept: Kept): void {
    if (key.length > maxKeyLength) return;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size > keeping.max) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

function frozen(result: unknown, where: string): unknown {
  if (result instanceof Response || result instanceof ReadableStream) {
    throw misuse(
      `${where}: a ${result.constructor.name} can be read once, so it cannot be kept. ` +
        "Return the data, and make the Response in the route that sends it.",
    );
  }
  return freezeDeep(result);
}

function waitsForItself(where: string): Error {
  return misuse(
    `${where}: the call asks for its own result, with the same arguments, and would wait for itself. ` +
      "Call the next with other arguments, or move the shared part into a method of its own.",
  );
}
