import { maxRowBytes } from "../data/limits.ts";

/** True for text or bytes that fit into a row. */
export function fitsRow(value: string | ArrayBuffer | ArrayBufferView): boolean {
  if (typeof value !== "string") return value.byteLength <= maxRowBytes;
  // A UTF-16 unit is at most three bytes of UTF-8.
  return 3 * value.length <= maxRowBytes || new TextEncoder().encode(value).byteLength <= maxRowBytes;
}
