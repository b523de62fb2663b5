// The platform's bound for a key of `storage.kv`, which the local runtime does not enforce (workerd 2026-10-23).
const maxKeyBytes = 2048;

/** What is wrong with `text` as a key or a part of one; undefined for what UTF-8 has bytes for. */
export function faultOfText(text: unknown): string | undefined {
  if (typeof text !== "string") return `is of type ${typeof text}. Write a string.`;
  if (text.isWellFormed()) return undefined;
  return "has half a surrogate pair. Write `key.toWellFormed()`.";
}

/** What is wrong with `key` behind `prefix`; undefined if a row can have it. */
export function faultOfKey(key: unknown, prefix: string): string | undefined {
  const fault = faultOfText(key);
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (fault || 3 * (prefix.length + (key as string).length) <= maxKeyBytes) return fault;
  const [bytes, room] = [bytesOf(key as string), maxKeyBytes - bytesOf(prefix)];
  return bytes <= room ? undefined : `takes ${bytes} bytes, over the ${room} it may. Shorten it, or hash it.`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
