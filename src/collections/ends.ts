import { internals } from "../object/internals.ts";
import type { Remembering } from "../object/savepoints.ts";
import type { Entries } from "./entries.ts";

// The middle of what a number counts exactly: places before the first one are below zero.
const zero = 2 ** 52;

/** The key of a list's place: keys are in the order of the places. */
export function keyOfPlace(place: number): string {
  return (place + zero).toString(16).padStart(14, "0");
}

function placeOfKey(key: string): number {
  return Number.parseInt(key, 16) - zero;
}

/** Where a list begins and ends: read from its first and its last row once a wake, then kept. */
export class Ends implements Remembering {
  readonly #entries: Entries;
  /** The place of the first entry, and the one behind the last. */
  #known: readonly [head: number, tail: number] | undefined;

  constructor(entries: Entries) {
    this.#entries = entries;
    entries.home.object[internals].savepoints.add(this);
  }

  get known(): readonly [head: number, tail: number] {
    return (this.#known ??= this.#read());
  }

  set known(ends: readonly [head: number, tail: number]) {
    this.#known = ends;
  }

  begin(): () => void {
    const before = this.#known;
    return () => {
      this.#known = before;
    };
  }

  forget(): void {
    this.#known = undefined;
  }

  #read(): readonly [number, number] {
    const [first, last] = [this.#end(false), this.#end(true)];
    return first === undefined || last === undefined ? [0, 0] : [placeOfKey(first), placeOfKey(last) + 1];
  }

  #end(reverse: boolean): string | undefined {
    this.#entries.flush();
    return this.#entries.rows.keys({ reverse }, { after: undefined, limit: 1 })[0];
  }
}
