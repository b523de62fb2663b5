import type { MockKv } from "./kv-storage.ts";

const encoder = new TextEncoder();

/** What `storage.get` answers: a value, or those of many keys that are there. */
export function getAll(kv: MockKv, keys: string | string[]): unknown {
  if (!Array.isArray(keys)) return kv.get(keys);
  const found = keys.toSorted(byBytes).map((key): [string, unknown] => [key, kv.get(key)]);
  return new Map(found.filter(([, value]) => value !== undefined));
}

/** What `storage.put` does with a key and a value, or with many of them. */
export function putAll(kv: MockKv, entries: string | Record<string, unknown>, value: unknown): void {
  if (typeof entries === "object") {
    for (const [key, each] of Object.entries(entries)) if (each !== undefined) kv.put(key, each);
    return;
  }
  if (value === undefined) throw new TypeError("put() called with undefined value.");
  kv.put(entries, value);
}

/** What `storage.delete` answers: whether the key was there, or how many were. */
export function deleteAll(kv: MockKv, keys: string | string[]): boolean | number {
  return Array.isArray(keys) ? keys.filter((key) => kv.delete(key)).length : kv.delete(keys);
}

function byBytes(left: string, right: string): number {
  const [a, b] = [encoder.encode(left), encoder.encode(right)];
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? a.length - b.length : a[at]! - (b[at] ?? -1);
}
