import type { SqliteValue } from "../node.ts";

const maxBytes = 2 * 1024 * 1024;
const encoder = new TextEncoder();

/** `value` as the platform binds it: what is neither a number, text nor bytes becomes text. */
export function bindingOf(value: unknown): SqliteValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") throw new TypeError("Cannot convert a BigInt value to a number");
  const bytes = bytesOf(value);
  if (bytes) return sized(bytes, bytes.byteLength);
  const text = `${value as string}`; // a symbol throws here, as it does there
  return sized(text, text.length * 3 <= maxBytes ? 0 : encoder.encode(text).byteLength);
}

/** The bytes of a buffer or of what looks into one, copied. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
}

function sized<Value>(value: Value, bytes: number): Value {
  if (bytes > maxBytes) throw new Error("string or blob too big: SQLITE_TOOBIG");
  return value;
}
