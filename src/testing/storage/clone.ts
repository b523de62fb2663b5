import { v8 } from "../node.ts";
import { ofThisRealm } from "./realm.ts";

const maxKeyBytes = 2048;
const maxBytes = 2 * 1024 * 1024;
const encoder = new TextEncoder();

/** `value` as the platform keeps it: a structured clone in bytes. */
export function serialize(value: unknown): Uint8Array {
  try {
    return v8().serialize(value);
  } catch (error) {
    // V8's own text says what could not be cloned; the platform puts it into a DOMException.
    throw new DOMException((error as Error).message, "DataCloneError");
  }
}

/** A new copy of what `serialize` was given. */
export function deserialize(bytes: ArrayBuffer | Uint8Array): unknown {
  return ofThisRealm(v8().deserialize(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)));
}

/** `key` if it fits. */
export function checkedKey(key: unknown): string {
  const text = String(key as string); // as the platform takes whatever it is given
  const size = text.length * 3 <= maxKeyBytes ? 0 : encoder.encode(text).byteLength;
  if (size > maxKeyBytes) {
    throw new RangeError(`Keys cannot be larger than ${maxKeyBytes} bytes. A key of size ${size} was provided.`);
  }
  return text;
}

/** `bytes` if the row of `key` may hold them. */
export function checkedValue(key: string, bytes: Uint8Array): Uint8Array {
  if (encoder.encode(key).byteLength + bytes.byteLength <= maxBytes) return bytes;
  throw new Error("string or blob too big: SQLITE_TOOBIG");
}
