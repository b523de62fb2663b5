import type { Storable } from "../persistence/storable.ts";

// Many small things are too many as well: each counts as much as this.
const leastBytes = 4096;

/** What one of the two generations has room for: 1,024 entries, fewer of large ones. */
const roomOfGeneration = 1024 * leastBytes;

/** What a thing of `bytes` weighs where room is bounded. */
export function weightOf(bytes: number): number {
  return Math.max(bytes, leastBytes);
}

/** The entries used last, in two generations: when the younger one is full, the older one goes. */
export class Recent {
  #young = new Map<string, Storable>();
  #old = new Map<string, Storable>();
  #weight = 0;

  /** What is remembered of `key`, undefined if nothing. */
  get(key: string): Storable | undefined {
    const young = this.#young.get(key);
    if (young) return young;
    const old = this.#old.get(key);
    // It counts again, or what is read now and then would stay for ever, however much it is.
    if (old) this.put(key, old);
    return old;
  }

  put(key: string, found: Storable): void {
    if (this.#weight >= roomOfGeneration) this.#age();
    this.#weight += weightOf(found.bytes);
    this.#young.set(key, found);
  }

  clear(): void {
    this.#age();
    this.#age();
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#weight = 0;
  }
}
