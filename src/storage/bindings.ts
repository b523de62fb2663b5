import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
import { fitsRow } from "./size.ts";

/** What a SQL statement takes as a value: booleans become 0 or 1, dates milliseconds. */
export type SqlBinding = string | number | bigint | boolean | Date | ArrayBuffer | ArrayBufferView | null;

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/** `values` as the platform takes them; what it would store as something else is refused. */
export function toPlatform(values: readonly SqlBinding[]): SqlStorageValue[] {
  return values.map((value, at) => (typeof value === "bigint" ? safeInteger(value, at) : bindable(value, at)));
}

/** The statement and the values of a tagged template; a bigint arrives exact, whatever its size in 64 bits. */
export function fromTemplate(strings: readonly string[], values: readonly SqlBinding[]): [string, SqlStorageValue[]] {
  const query = strings.reduce((left, right, at) => left + placeholder(values[at - 1]) + right);
  return [
    query,
    values.map((value, at) => (typeof value === "bigint" ? String(int64(value, at)) : bindable(value, at))),
  ];
}

function placeholder(value: SqlBinding | undefined): string {
  // The platform has no 64-bit binding: the digits go as text, and SQLite reads them.
  return typeof value === "bigint" ? "CAST(? AS INTEGER)" : "?";
}

// `unknown`: undefined and objects arrive here from code that types could not stop.
function bindable(value: unknown, at: number): SqlStorageValue {
  if (value === null) return value;
  if (typeof value === "string") return text(value, at);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return number(value.getTime(), at, "an invalid Date");
  if (typeof value === "number") return number(value, at, "NaN");
  // A view binds the bytes it shows; the platform's type knows whole buffers only.
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return sized(value, at) as ArrayBuffer;
  if (value === undefined) throw refused(at, "undefined", "Write null for SQL's NULL.");
  throw refused(at, kindOf(value), "Bind its parts, or `JSON.stringify(…)`.");
}

function text(value: string, at: number): string {
  // SQLite would take half a surrogate pair as bytes that are no text.
  if (value.isWellFormed()) return sized(value, at);
  throw refused(at, "text with half a surrogate pair", "Write `text.toWellFormed()`.");
}

function sized<Value extends string | ArrayBuffer | ArrayBufferView>(value: Value, at: number): Value {
  if (fitsRow(value)) return value;
  throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message: `SQL binding ${at + 1} is over 2 MB. Split it over rows.` });
}

function number(value: number, at: number, kind: string): number {
  // SQLite stores NaN as NULL.
  if (Number.isNaN(value)) throw refused(at, kind, "Write null for SQL's NULL.");
  return value;
}

function safeInteger(value: bigint, at: number): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw refused(at, "a bigint beyond 2^53", "Write sql`… ${value} …`, or bind its digits to `CAST(? AS INTEGER)`.");
}

function int64(value: bigint, at: number): bigint {
  if (value >= minInt64 && value <= maxInt64) return value;
  throw refused(at, "a bigint beyond 64 bits", "SQLite has no such integer: bind its digits as text.");
}

function refused(at: number, kind: string, advice: string): Error {
  return misuse(`SQL binding ${at + 1} is ${kind}. ${advice}`);
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  return Array.isArray(value) ? "an array" : "an object";
}
