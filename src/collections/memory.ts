import type { Storable } from "../persistence/storable.ts";
import type { Saved } from "../persistence/turn.ts";
import { Recent, weightOf } from "./recent.ts";
import type { Rows } from "./rows.ts";

/** What is remembered of a key that has no entry. */
export const absent: unique symbol = Symbol("loom.absent");

// A turn that changes more writes some of it early: a million entries are never all in memory.
const maxPending = 256 * weightOf(0);

/** What memory has of a collection: what this turn changed, and what was used last. */
export class Memory implements Saved {
  readonly usesKv = true;
  readonly #rows: Rows;
  readonly #recent = new Recent();
  /** Undefined for a deleted entry. */
  #pending = new Map<string, Storable | undefined>();
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

  /** The value under `key`, `absent` if it has none; undefined when only its row says. */
  known(key: string): unknown {
    const made = this.#pending.get(key);
    if (made) return made.value;
    return this.#pending.has(key) ? absent : this.#recent.get(key);
  }

  /** Notes what the row of `key` holds; undefined if there is none. */
  learn(key: string, found: Storable | undefined): void {
    this.#recent.put(key, found ? found.value : absent, found?.bytes ?? 0);
  }

  /** Notes what the row of `key` is to hold; undefined if it is to go. */
  change(key: string, made: Storable | undefined): void {
    this.#pending.set(key, made);
    this.#pendingWeight += weightOf(made?.bytes ?? 0);
  }

  save(): void {
    for (const [key, made] of this.#pending) {
      if (made) this.#rows.write(key, made.value);
      else this.#rows.remove(key);
      this.learn(key, made);
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
