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
  for (const object of found.objects.keys()) checkFreezable(object, where);
  freezeMeasured(found);
  return { value, bytes: found.bytes };
}

/** True for what holds raw bytes, which nothing can freeze. */
export function isBuffer(value: unknown): value is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

/** The same bytes in memory of their own: of a view only what it shows, not the buffer that others share. */
export function copyBuffer<Buffer extends ArrayBuffer | ArrayBufferView<ArrayBuffer>>(value: Buffer): Buffer {
  if (!ArrayBuffer.isView(value)) return structuredClone(value);
  const { buffer, byteOffset, byteLength } = value;
  // By its tag: Node's Buffer is a Uint8Array, and comes back as one.
  const kind = (value as unknown as Uint8Array)[Symbol.toStringTag];
  const View = (globalThis as unknown as Record<string, new (bytes: ArrayBuffer) => Buffer>)[kind]!;
  return new View(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** What is kept, as callers get it: a buffer cannot be frozen, so everyone gets a copy. */
export function handOut(value: unknown): unknown {
  return isBuffer(value) ? copyBuffer(value) : value;
}

/** Walks `value`; throws an error that names `where` if it cannot be stored. */
export function measureStorable(value: unknown, where: string): Measured {
  const found = measure(value, (foreign, path, isTooDeep) => {
    if (isTooDeep) throw notStorable(`${where} is more than ${maxDepth} levels deep. Flatten it.`);
    throw notStorable(`${where}${path} is ${describe(foreign)}. ${remedyFor(foreign)}`);
  });
  return checkSize(found, where);
}

/** Refuses a collection that Object.freeze has closed: it keeps changing, and nothing can be put before its methods. */
function checkFreezable(found: object, where: string): void {
  if (Object.isExtensible(found)) return;
  const kind = collections.find((type) => found instanceof type)?.name;
  // One that Loom froze has methods of its own.
  if (!kind || Object.getOwnPropertyNames(found).length > 0) return;
  throw notStorable(
    `${where} holds a ${kind} frozen by Object.freeze, which can still be changed. Store \`new ${kind}(…)\` of it.`,
  );
}

const collections = [Map, Set, Date];

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
  if (Object.getPrototypeOf(found) === Array.prototype) return "a list with names beside its indices";
  const name = (found as object).constructor?.name || "an unnamed class";
  return `an instance of ${name}, which would come back as a plain object`;
}

function remedyFor(found: unknown): string {
  return isBuffer(found)
    ? "Give it a field of its own, or store `Array.from(bytes)`."
    : "Store plain data, arrays, Date, Map, Set or bigint.";
}
