import type { Frozen } from "../types.ts";
import { changed, type Draft } from "../update.ts";
import { entriesOf, PersistedCollection } from "./collection.ts";
import type { EntryRange } from "./range.ts";
import type { Pair } from "./rows.ts";
import { pick, walk, walkPages } from "./walk.ts";

/** An entry of a map as it is handed out. */
type Entry<Value> = [key: string, value: Frozen<Value>];

/**
 * A Map that survives: one row an entry, read when it is asked for, written at the end of the turn.
 *
 * Its order is that of the keys' UTF-8 bytes. Values are frozen all the way down, as a persisted field's are; a key
 * takes some 1,900 bytes at most. Nothing is held of it but what was used last.
 *
 * @example
 * ```ts
 * @Persisted accessor drafts = new PersistedMap<Draft>();
 * // this.drafts.set(slug, draft); this.drafts.update(slug, (draft) => { draft.title = "Spring"; });
 * ```
 */
export class PersistedMap<Value> extends PersistedCollection<Value> {
  constructor() {
    super("m");
  }

  /** How many entries there are. The first time in a wake it reads them all, to count them. */
  get size(): number {
    return this[entriesOf].size;
  }

  /** The value under `key`, frozen; undefined when there is none. */
  get(key: string): Frozen<Value> | undefined {
    return this[entriesOf].get(key) as Frozen<Value> | undefined; // what was set, or fits the schema
  }

  /** True if there is an entry under `key`. */
  has(key: string): boolean {
    return this[entriesOf].has(key);
  }

  /** Stores `value` under `key`; an equal one costs nothing while the entry is in memory. */
  set(key: string, value: Value | Frozen<Value>): this {
    this[entriesOf].set(key, value);
    return this;
  }

  /** Changes the value under `key` through a copy: `recipe` edits the draft, or returns another. False if none is there. */
  update(key: string, recipe: (draft: Draft<Value>) => Draft<Value> | Value | Frozen<Value> | void): boolean {
    const value = this[entriesOf].get(key);
    if (value === undefined) return false;
    this[entriesOf].set(key, changed<unknown>(value, recipe as (draft: unknown) => unknown));
    return true;
  }

  /** Deletes the entry: true if there was one. */
  delete(key: string): boolean {
    return this[entriesOf].delete(key);
  }

  /** Deletes all entries, or those of `range`, in this turn: a row each. Returns how many there were. */
  clear(range: EntryRange = {}): number {
    return this[entriesOf].clear(range);
  }

  /** The entries in the order of their keys, read in pages of 256 on the way. */
  entries(range: EntryRange = {}): MapIterator<Entry<Value>> {
    return walk(this[entriesOf], range) as Generator<Entry<Value>, undefined>; // what was set, or fits the schema
  }

  keys(range: EntryRange = {}): MapIterator<string> {
    return pick(walk(this[entriesOf], range), ([key]) => key);
  }

  values(range: EntryRange = {}): MapIterator<Frozen<Value>> {
    return pick(walk(this[entriesOf], range), ([, value]) => value as Frozen<Value>);
  }

  [Symbol.iterator](): MapIterator<Entry<Value>> {
    return this.entries();
  }

  forEach(callback: (value: Frozen<Value>, key: string, map: this) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  /** Pages of up to 256 entries for a walk that is too long for one turn: other events run after every eighth. */
  pages(range: EntryRange = {}): AsyncGenerator<Entry<Value>[], undefined> {
    return walkPages(this[entriesOf], range, entryOf<Value>);
  }
}

function entryOf<Value>(pair: Pair): Entry<Value> {
  return pair as Entry<Value>; // what was set, or fits the schema
}
