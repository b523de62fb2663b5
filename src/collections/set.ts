import { entriesOf, PersistedCollection } from "./collection.ts";
import type { EntryRange } from "./range.ts";
import type { Pair } from "./rows.ts";
import { pick, walk, walkPages } from "./walk.ts";

/**
 * A Set of strings that survives: one row an entry, read when it is asked for, written at the end of the turn.
 *
 * Its order is that of the entries' UTF-8 bytes, of which an entry takes some 1,900 at most.
 *
 * @example
 * ```ts
 * @Persisted accessor readers = new PersistedSet();
 * // this.readers.add(email);
 * ```
 */
export class PersistedSet extends PersistedCollection<true> {
  constructor() {
    super("s");
  }

  /** How many entries there are. The first time in a wake it reads them all, to count them. */
  get size(): number {
    return this[entriesOf].size;
  }

  has(entry: string): boolean {
    return this[entriesOf].has(entry);
  }

  /** Adds `entry`; one that is in memory already costs nothing. */
  add(entry: string): this {
    this[entriesOf].set(entry, true);
    return this;
  }

  /** Deletes `entry`: true if it was there. */
  delete(entry: string): boolean {
    return this[entriesOf].delete(entry);
  }

  /** Deletes all entries, or those of `range`, in this turn: a row each. Returns how many there were. */
  clear(range: EntryRange = {}): number {
    return this[entriesOf].clear(range);
  }

  /** The entries in order, read in pages of 256 on the way. */
  values(range: EntryRange = {}): SetIterator<string> {
    return pick(walk(this[entriesOf], range), entryOf);
  }

  keys(range: EntryRange = {}): SetIterator<string> {
    return this.values(range);
  }

  entries(range: EntryRange = {}): SetIterator<[string, string]> {
    return pick(walk(this[entriesOf], range), ([key]) => [key, key]);
  }

  [Symbol.iterator](): SetIterator<string> {
    return this.values();
  }

  forEach(callback: (entry: string, again: string, set: this) => void): void {
    for (const entry of this.values()) callback(entry, entry, this);
  }

  /** Pages of up to 256 entries for a walk that is too long for one turn: other events run after every eighth. */
  pages(range: EntryRange = {}): AsyncGenerator<string[], undefined> {
    return walkPages(this[entriesOf], range, entryOf);
  }
}

function entryOf([key]: Pair): string {
  return key;
}
