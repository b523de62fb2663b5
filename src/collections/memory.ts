import type { Storable } from "../persistence/storable.ts";
import type { Saved } from "../persistence/turn.ts";
import { Recent, weightOf } from "./recent.ts";
import type { Rows } from "./rows.ts";

/** What is remembered of a key that has no entry. */
export const absent: Storable = { value: undefined, bytes: 0 };

// A turn that changes more writes some of it early: a million entries are never all in memory.
const maxPending = 256 * weightOf(0);

/** What memory has of a collection: what this turn changed, and what was used last. */
export class Memory implements Saved {
  readonly usesKv = true;
  readonly #rows: Rows;
  readonly #recent = new Recent();
  #pending = new Map<string, Storable>();
  #pendingWeight = 0;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** True when something is to be written. */
  get isDirty(): boolean {
    return this.#pending.size > 0;
  }

  /** True when more is to be written than should be kept. */
  get isFull(): boolean {
    return this.#pendingWeight >= maxPending;
  }

  /** What is known of `key`, `absent` if it has no entry; undefined when only its row says. */
  known(key: string): Storable | undefined {
    return this.#pending.get(key) ?? this.#recent.get(key);
  }

  /** The same, read from its row if need be, and remembered. */
  find(key: string): Storable {
    const known = this.known(key);
    if (known) return known;
    const found = this.#rows.read(key) ?? absent;
    this.#recent.put(key, found);
    return found;
  }

  /** Notes what the row of `key` is to hold; `absent` if it is to go. */
  change(key: string, made: Storable): void {
    this.#pending.set(key, made);
    this.#pendingWeight += weightOf(made.bytes);
  }

  save(): void {
    for (const [key, made] of this.#pending) {
      if (made === absent) this.#rows.remove(key);
      else this.#rows.write(key, made.value);
      this.#recent.put(key, made);
    }
    this.#dropPending();
  }

  /** Returns what puts memory back to what the rows have, and to what is to be written now. */
  begin(): () => void {
    const [pending, weight] = [new Map(this.#pending), this.#pendingWeight];
    return () => {
      this.#recent.clear();
      this.#pending = pending;
      this.#pendingWeight = weight;
    };
  }

  forget(): void {
    this.#recent.clear();
    this.#dropPending();
  }

  #dropPending(): void {
    this.#pending = new Map();
    this.#pendingWeight = 0;
  }
}
