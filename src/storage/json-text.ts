import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { fitsRow } from "./size.ts";

/** `value` as JSON; what JSON would drop or turn into something else is refused, `key` named. */
export function toJsonText(key: string, value: unknown): string {
  const text = stringify(key, value);
  if (text === undefined) throw refused(key, "undefined is no value. Write null, or `store.delete(…)`.");
  if (!fitsRow(key + text)) throw refused(key, "the value is over 2 MB. Split it over several keys.");
  return text;
}

/** The error for a key or a value that cannot be stored. */
export function refused(key: string, reason: string, cause?: unknown): LoomError {
  return new LoomError(LOOM_ERRORS.NOT_STORABLE, { message: `store key \`${key}\`: ${reason}`, cause });
}

function stringify(key: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value, function (this: Record<string, unknown>, name, part: unknown) {
      const lost = whatJsonLoses(part) ?? (isInvalidDate(this[name]) ? "invalid Date. Write null" : undefined);
      if (lost !== undefined) throw refused(key, `JSON has no ${lost}.`);
      return part;
    });
  } catch (error) {
    if (error instanceof LoomError) throw error;
    throw refused(key, "it holds itself, or its toJSON failed.", error);
  }
}

function whatJsonLoses(part: unknown): string | undefined {
  if (typeof part === "bigint") return "bigint. Store its digits as a string";
  if (typeof part === "number" && !Number.isFinite(part)) return `${part}. Write null`;
  if (typeof part === "function" || typeof part === "symbol") return typeof part;
  // An array would store undefined as null; a property that is undefined reads back as what it was.
  if (Array.isArray(part)) return part.includes(undefined) ? "undefined in an array. Write null" : undefined;
  return typeof part === "object" && part !== null ? whatObjectLoses(part) : undefined;
}

function whatObjectLoses(part: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype === null || prototype === Object.prototype) return undefined;
  return `${part.constructor.name}. Store a plain object or an array made from it`;
}

function isInvalidDate(value: unknown): boolean {
  return value instanceof Date && Number.isNaN(value.getTime());
}
