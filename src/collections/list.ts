import type { Frozen } from "../types.ts";
import { entriesOf, PersistedCollection } from "./collection.ts";
import { Ends, keyOfPlace } from "./ends.ts";
import { pick, walk, walkPages } from "./walk.ts";

/**
 * A list that survives and grows and shrinks at its ends: one row an entry, read when it is asked for.
 *
 * Values are frozen all the way down, as a persisted field's are. There is no splice: what changes in the middle is a
 * PersistedMap's.
 *
 * @example
 * ```ts
 * @Persisted accessor history = new PersistedList<string>();
 * // this.history.push("started"); if (this.history.length > 100) this.history.shift();
 * ```
 */
export class PersistedList<Value> extends PersistedCollection<Value> {
  #ends: Ends | undefined;

  constructor() {
    super("l");
  }

  get length(): number {
    const [head, tail] = this.#places.known;
    return tail - head;
  }

  /** Adds `values` behind the last entry; returns the new length. */
  push(...values: readonly (Value | Frozen<Value>)[]): number {
    const [head, tail] = this.#places.known;
    this.#put(tail, values);
    this.#places.known = [head, tail + values.length];
    return this.length;
  }

  /** Adds `values`, in their order, before the first entry; returns the new length. */
  unshift(...values: readonly (Value | Frozen<Value>)[]): number {
    const [head, tail] = this.#places.known;
    this.#put(head - values.length, values);
    this.#places.known = [head - values.length, tail];
    return this.length;
  }

  /** Takes the first entry away; undefined when there is none. */
  shift(): Frozen<Value> | undefined {
    const [head, tail] = this.#places.known;
    if (head === tail) return undefined;
    const value = this.#take(head);
    this.#places.known = [head + 1, tail];
    return value;
  }

  /** Takes the last entry away; undefined when there is none. */
  pop(): Frozen<Value> | undefined {
    const [head, tail] = this.#places.known;
    if (head === tail) return undefined;
    const value = this.#take(tail - 1);
    this.#places.known = [head, tail - 1];
    return value;
  }

  /** The entry at `index`, frozen; a negative one counts from the end. */
  at(index: number): Frozen<Value> | undefined {
    const [head, tail] = this.#places.known;
    const whole = Math.trunc(index) || 0;
    const place = whole < 0 ? tail + whole : head + whole;
    return place < head || place >= tail ? undefined : this.#get(place);
  }

  /** The entries from `start` to before `end`, in an array of their own; negative ones count from the end. */
  slice(start = 0, end = this.length): Frozen<Value>[] {
    const [head, tail] = this.#places.known;
    const [from, to] = [start, end].map((index) => within(Math.trunc(index) || 0, tail - head)) as [number, number];
    if (from >= to) return [];
    const range = { start: keyOfPlace(head + from), end: keyOfPlace(head + to) };
    return Array.from(walk(this[entriesOf], range), valueOf<Value>);
  }

  /** Deletes all entries, in this turn: a row each. Returns how many there were. */
  clear(): number {
    const count = this[entriesOf].clear({});
    this.#places.known = [0, 0];
    return count;
  }

  /** The entries from the first to the last, read in pages of 256 on the way. */
  values(): ArrayIterator<Frozen<Value>> {
    return pick(walk(this[entriesOf], {}), valueOf<Value>);
  }

  entries(): ArrayIterator<[index: number, value: Frozen<Value>]> {
    let index = 0;
    return pick(walk(this[entriesOf], {}), (pair) => [index++, valueOf<Value>(pair)]);
  }

  [Symbol.iterator](): ArrayIterator<Frozen<Value>> {
    return this.values();
  }

  forEach(callback: (value: Frozen<Value>, index: number, list: this) => void): void {
    for (const [index, value] of this.entries()) callback(value, index, this);
  }

  /** Pages of up to 256 entries for a walk that is too long for one turn: other events run after every eighth. */
  pages(): AsyncGenerator<Frozen<Value>[], undefined> {
    return walkPages(this[entriesOf], {}, valueOf<Value>);
  }

  get #places(): Ends {
    return (this.#ends ??= new Ends(this[entriesOf]));
  }

  /** All of them or, if one cannot be stored, none. */
  #put(place: number, values: readonly unknown[]): void {
    this[entriesOf].setAll(values.map((value, index) => [keyOfPlace(place + index), value]));
  }

  #get(place: number): Frozen<Value> {
    return this[entriesOf].get(keyOfPlace(place)) as Frozen<Value>; // between the ends there is no hole
  }

  #take(place: number): Frozen<Value> {
    const value = this.#get(place);
    this[entriesOf].delete(keyOfPlace(place));
    return value;
  }
}

function within(index: number, length: number): number {
  return index < 0 ? Math.max(length + index, 0) : Math.min(index, length);
}

function valueOf<Value>([, value]: readonly [key: string, value: unknown]): Frozen<Value> {
  return value as Frozen<Value>; // what was pushed, or fits the schema
}
