import { nameOf } from "./key.ts";
import type { Without } from "./table.ts";

/** A handler that runs: it holds its key, and a place of its name. */
export interface Hold {
  readonly key: string;
  readonly since: number;
  /** Out of time and left behind: it holds them until it ends. */
  isLeft: boolean;
  /** Its payload is read and fits; before that no later try can mend a failure. */
  isHanded: boolean;
}

// A run that has not ended by then is taken for dead: the platform lets no alarm live longer.
const longestRun = 15 * 60_000;

/** The keys whose handlers run: one run a key, and of each name as many keys at a time as it has places. */
export class Holds {
  readonly #placesOf: (name: string) => number;
  readonly #held = new Map<string, Hold>();

  constructor(placesOf: (name: string) => number) {
    this.#placesOf = placesOf;
  }

  take(key: string): Hold {
    const hold = { key, since: Date.now(), isLeft: false, isHanded: false };
    this.#held.set(key, hold);
    return hold;
  }

  /** True while a handler of `key` runs, also one that is out of time. */
  isHeld(key: string): boolean {
    return Date.now() - (this.#held.get(key)?.since ?? -Infinity) < longestRun;
  }

  /** How many keys of `name` are held. */
  countOf(name: string): number {
    return this.#keys.filter((key) => nameOf(key) === name).length;
  }

  /** True while handlers run in all places of `name`. */
  isFull(name: string): boolean {
    return this.countOf(name) >= this.#placesOf(name);
  }

  /** What cannot run now: what is held, and the names whose places are all held. */
  get stuck(): Without {
    const keys = this.#keys;
    return { keys, names: [...new Set(keys.map(nameOf))].filter((name) => this.isFull(name)) };
  }

  free(hold: Hold): void {
    if (this.#held.get(hold.key) === hold) this.#held.delete(hold.key);
  }

  get #keys(): string[] {
    return [...this.#held.keys()].filter((key) => this.isHeld(key));
  }
}
