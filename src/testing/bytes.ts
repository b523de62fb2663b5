const encoder = new TextEncoder();

/** The bytes of `value`, copied; undefined for what is no value of a bucket or a namespace. */
export async function bytesFrom(value: unknown): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (value instanceof ReadableStream || value instanceof Blob) {
    return new Uint8Array(await new Response(value as BodyInit).arrayBuffer());
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  return value !== null && typeof value === "object" ? undefined : new Uint8Array(encoder.encode(String(value)));
}

/** How many bytes `text` has in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}

/** Sorts by the bytes of UTF-8, as SQLite does: JavaScript's order differs after U+D7FF. */
export function compareKeys(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  const at = a.findIndex((character, index) => character !== b[index]);
  if (at < 0) return a.length - b.length;
  return (a[at]!.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? -1);
}

/** A place in a list as a text that says nothing to its reader. */
export function cursorAfter(key: string): string {
  return btoa(String.fromCharCode(...encoder.encode(key)));
}

/** The key that a cursor stands after. */
export function keyOfCursor(cursor: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(cursor), (character) => character.charCodeAt(0)));
}
