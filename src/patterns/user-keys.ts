/** Which keys to list; `end` is not included. */
export interface ListRange {
  readonly prefix?: string;
  readonly start?: string;
  readonly end?: string;
  readonly limit?: number;
  /** From the last key to the first. */
  readonly reverse?: boolean;
}

// Loom's rows are among the object's keys: from the first of these up to the second, the next text after every prefix.
const loomStart = "loom:";
const loomEnd = "loom;";

// The platform takes no more keys a call (developers.cloudflare.com/durable-objects/api); the local runtime does.
const mostKeys = 128;

/** True for a key that is not one of Loom's. */
export function isOwnKey(key: string): boolean {
  return !key.startsWith(loomStart);
}

/** `items` in lists that one call of the storage takes. */
export function perCall<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / mostKeys) }, (_, page) =>
    items.slice(page * mostKeys, (page + 1) * mostKeys),
  );
}

/** The user's keys of `range`: those before Loom's, and those after. */
export async function listKeys<Value>(storage: DurableObjectStorage, range: ListRange): Promise<Map<string, Value>> {
  const { start, end, limit = Infinity } = range;
  const parts = [
    { ...range, end: smaller(end, loomStart) },
    { ...range, start: larger(start, loomEnd) },
  ];
  const found = new Map<string, Value>();
  for (const part of range.reverse ? parts.toReversed() : parts) {
    const left = limit - found.size;
    if (left <= 0) break;
    const page = await storage.list<Value>(left === Infinity ? part : { ...part, limit: left });
    for (const [key, value] of page) found.set(key, value);
  }
  return found;
}

function smaller(one: string | undefined, other: string): string {
  return one !== undefined && one < other ? one : other;
}

function larger(one: string | undefined, other: string): string {
  return one !== undefined && one > other ? one : other;
}
