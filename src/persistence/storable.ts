import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { maxRowBytes } from "../data/limits.ts";
import { maxDepth, measure, type Measured } from "../data/measure.ts";
import { freezeMeasured } from "../data/freeze.ts";

/** A value made ready to be kept: frozen, and counted. */
export interface Storable {
  readonly value: unknown;
  readonly bytes: number;
}

/** Freezes `value` in place if it can be stored; else throws an error that names `where`. */
export function storable(value: unknown, where: string): Storable {
  if (typeof value === "number" || typeof value === "boolean") return { value, bytes: 9 };
  // A buffer cannot be frozen, so the field keeps a copy and hands out copies.
  if (isBuffer(value)) return checkSize({ value: copyBuffer(value), bytes: value.byteLength }, where);
  const found = measureStorable(value, where);
  freezeMeasured(found);
  return { value, bytes: found.bytes };
}

/** True for what holds raw bytes, which nothing can freeze. */
export function isBuffer(value: unknown): value is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/** The same bytes in memory of their own. */
export function copyBuffer<Buffer extends ArrayBuffer | ArrayBufferView<ArrayBuffer>>(value: Buffer): Buffer {
  return structuredClone(value);
}

/** Walks `value`; throws an error that names `where` if it cannot be stored. */
export function measureStorable(value: unknown, where: string): Measured {
  const found = measure(value, (foreign, path, isTooDeep) => {
    if (isTooDeep) throw notStorable(`${where} is more than ${maxDepth} levels deep. Flatten it.`);
    throw notStorable(`${where}${path} is ${describe(foreign)}. ${remedyFor(foreign)}`);
  });
  return checkSize(found, where);
}

function checkSize<Found extends { readonly bytes: number }>(found: Found, where: string): Found {
  if (found.bytes <= maxRowBytes) return found;
  throw notStorable(
    `${where} takes ${found.bytes} bytes, over the 2 MB of one row. Keep large data in R2, or split it.`,
  );
}

function notStorable(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.NOT_STORABLE, { message });
}

function describe(found: unknown): string {
  if (typeof found === "function") return "a function, which cannot be stored";
  if (typeof found === "symbol") return `the symbol ${String(found)}, which cannot be stored`;
  if (isBuffer(found))
    return `${ArrayBuffer.isView(found) ? "a typed array" : "a buffer"} inside another value, which nothing can freeze`;
  const name = (found as object).constructor?.name || "an unnamed class";
  return `an instance of ${name}, which would come back as a plain object`;
}

function remedyFor(found: unknown): string {
  return isBuffer(found)
    ? "Give it a field of its own, or store `Array.from(bytes)`."
    : "Store plain data, arrays, Date, Map, Set or bigint.";
}
