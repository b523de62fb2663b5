import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
import { fitsRow } from "./size.ts";

/** What a SQL statement takes as a value: booleans become 0 or 1, dates milliseconds. */
export type SqlBinding = string | number | bigint | boolean | Date | ArrayBuffer | ArrayBufferView | null;

/** `values` as the platform takes them; what it would store as something else is refused. */
export function toPlatform(values: readonly SqlBinding[], ofBigint: OfBigint = safeInteger): SqlStorageValue[] {
  return values.map((value, at) => (typeof value === "bigint" ? ofBigint(value, at) : bindable(value, at)));
}

/** The statement and the values of a tagged template; a bigint arrives exact, whatever its size in 64 bits. */
export function fromTemplate(strings: readonly string[], values: readonly SqlBinding[]): [string, SqlStorageValue[]] {
  // The platform has no 64-bit binding: the digits go as text, and SQLite reads them.
  const marks = values.map((value) => (typeof value === "bigint" ? "CAST(? AS INTEGER)" : "?"));
  return [String.raw({ raw: strings }, ...marks), toPlatform(values, int64)];
}

type OfBigint = (value: bigint, at: number) => SqlStorageValue;

// `unknown`: undefined and objects arrive here from code that types could not stop.
function bindable(value: unknown, at: number): SqlStorageValue {
  if (value === null) return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return sized(value, at);
  const given = value instanceof Date ? value.getTime() : value;
  if (typeof given === "number" && !Number.isNaN(given)) return given;
  // SQLite stores NaN as NULL.
  const isNull = typeof given === "number" || given === undefined;
  if (isNull) throw refused(at, `${String(value)}. Write null for SQL's NULL.`);
  throw refused(at, `of type ${typeof given}. Bind its parts, or \`JSON.stringify(…)\`.`);
}

function sized(value: string | ArrayBuffer | ArrayBufferView, at: number): SqlStorageValue {
  // SQLite would take half a surrogate pair as bytes that are no text.
  const isText = typeof value !== "string" || value.isWellFormed();
  if (!isText) throw refused(at, "text with half a surrogate pair. Write `text.toWellFormed()`.");
  // A view binds the bytes it shows; the platform's type knows whole buffers only.
  if (fitsRow(value)) return value as string | ArrayBuffer;
  throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message: `SQL binding ${at + 1} is over 2 MB. Split it over rows.` });
}

function safeInteger(value: bigint, at: number): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw refused(at, "a bigint beyond 2^53. Write sql`… ${value} …`.");
}

function int64(value: bigint, at: number): string {
  if (BigInt.asIntN(64, value) === value) return String(value);
  throw refused(at, "a bigint beyond 64 bits. Bind its digits as text.");
}

function refused(at: number, fault: string): Error {
  return misuse(`SQL binding ${at + 1} is ${fault}`);
}
