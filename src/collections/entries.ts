import { internals } from "../object/internals.ts";
import type { Remembering } from "../object/savepoints.ts";
import { isSameData } from "../persistence/equal.ts";
import { handOut, type Storable } from "../persistence/storable.ts";
import type { Turn } from "../persistence/turn.ts";
import type { Home } from "./bind.ts";
import { absent, Memory } from "./memory.ts";
import { checkRange, type EntryRange, type PageStart, pageSize } from "./range.ts";
import { type Kind, type Page, Rows } from "./rows.ts";

/** The entries of one collection, in memory or in their rows. */
export class Entries implements Remembering {
  readonly home: Home;
  readonly rows: Rows;
  readonly #turn: Turn;
  readonly #memory: Memory;
  #size: number | undefined;
  #changes = 0;

  constructor(home: Home, kind: Kind) {
    const { turn, savepoints } = home.object[internals];
    this.home = home;
    this.rows = new Rows(home, kind);
    this.#turn = turn;
    this.#memory = new Memory(this.rows);
    savepoints.add(this);
  }

  /** Grows with every change: a walk asks whether the page it holds is as it was. */
  get changes(): number {
    return this.#changes;
  }

  /** How many there are: counted once, then kept. */
  get size(): number {
    if (this.#size === undefined) {
      this.flush();
      this.#size = this.rows.count();
    }
    return this.#size;
  }

  get(key: string): unknown {
    return handOut(this.#memory.find(key).value);
  }

  has(key: string): boolean {
    const known = this.#memory.known(key);
    return known ? known !== absent : this.rows.has(key);
  }

  set(key: string, value: unknown): void {
    this.rows.checkKey(key);
    this.#put(key, this.rows.prepare(key, value));
  }

  /** Sets all of `pairs` or, if one value cannot be stored, none. */
  setAll(pairs: readonly (readonly [key: string, value: unknown])[]): void {
    const made = pairs.map(([key, value]) => [key, this.rows.prepare(key, value)] as const);
    for (const pair of made) this.#put(...pair);
  }

  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#remove(key);
    return true;
  }

  /** Deletes what is in `range`, page by page; returns how many there were. */
  clear(range: EntryRange): number {
    checkRange(range, this.rows.where);
    let count = 0;
    let after: string | undefined;
    for (;;) {
      const limit = Math.min(pageSize, (range.limit ?? Infinity) - count);
      if (limit === 0) return count;
      this.flush();
      const keys = this.rows.keys(range, { after, limit });
      for (const key of keys) this.#remove(key);
      count += keys.length;
      if (keys.length < limit) return count;
      after = keys.at(-1);
    }
  }

  /** A page of entries as they are now: read for whoever walks, and not remembered. */
  page(range: EntryRange, start: PageStart): Page {
    this.flush();
    const page = this.rows.page(range, start);
    for (const pair of page.pairs) {
      const [key, stored] = pair;
      pair[1] = handOut((this.#memory.known(key) ?? this.rows.revive(key, stored)).value);
    }
    return page;
  }

  /** Has the rows be what memory says: before they are read as a range. */
  flush(): void {
    if (this.#memory.isDirty) this.#turn.saveNow(this.#memory);
  }

  begin(): () => void {
    const size = this.#size;
    const restore = this.#memory.begin();
    return () => {
      restore();
      this.#size = size;
      this.#changes += 1;
    };
  }

  forget(): void {
    this.#memory.forget();
    this.#size = undefined;
    this.#changes += 1;
  }

  #put(key: string, made: Storable): void {
    const known = this.#memory.known(key);
    if (known && isSameData(known.value, made.value)) return;
    // Only a known size has to be kept: nothing is read to write an entry.
    if (this.#size !== undefined && !this.has(key)) this.#size += 1;
    this.#change(key, made);
  }

  #remove(key: string): void {
    if (this.#size !== undefined) this.#size -= 1;
    this.#change(key, absent);
  }

  #change(key: string, made: Storable): void {
    this.#memory.change(key, made);
    this.#changes += 1;
    this.#turn.change(this.#memory);
    if (this.#memory.isFull) this.flush();
  }
}
