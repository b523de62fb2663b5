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
  #young = new Map<string, unknown>();
  #old = new Map<string, unknown>();
  #weight = 0;

  /** What is remembered of `key`, undefined if nothing. */
  get(key: string): unknown {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#young.set(key, old);
    return old;
  }

  put(key: string, value: unknown, bytes: number): void {
    if (this.#weight >= roomOfGeneration) this.#age();
    this.#weight += weightOf(bytes);
    this.#young.set(key, value);
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
