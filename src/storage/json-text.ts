import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { fitsRow } from "./size.ts";

/** `value` as JSON; what JSON would drop or turn into something else is refused, `key` named. */
export function toJsonText(key: string, value: unknown): string {
  // SQLite would take half a surrogate pair as bytes that are no text.
  if (!key.isWellFormed())
    throw refused(key.toWellFormed(), "it holds half a surrogate pair. Write `key.toWellFormed()`.");
  const text = stringify(key, value);
  if (text === undefined) throw refused(key, "undefined is no value. Write null, or `store.delete(…)`.");
  if (!fitsRow(key + text)) throw refused(key, "the value is over 2 MB. Split it over several keys.");
  return text;
}

function refused(key: string, reason: string, cause?: unknown): LoomError {
  return new LoomError(LOOM_ERRORS.NOT_STORABLE, { message: `store key \`${key}\`: ${reason}`, cause });
}

function stringify(key: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value, function (this: Record<string, unknown>, name, part: unknown) {
      // A Date arrives here as its text already.
      const lost = this[name] instanceof Date ? part === null && "invalid Date. Write null" : lossOf(part);
      if (lost) throw refused(key, `JSON has no ${lost}.`);
      return part;
    });
  } catch (error) {
    if (error instanceof LoomError) throw error;
    throw refused(key, "it holds itself, or its toJSON failed.", error);
  }
}

function lossOf(part: unknown): string | undefined {
  if (typeof part === "bigint") return "bigint. Store its digits as a string";
  if (typeof part === "number" && !Number.isFinite(part)) return `${part}. Write null`;
  if (typeof part === "function" || typeof part === "symbol") return typeof part;
  if (typeof part !== "object" || part === null) return undefined;
  // An array would store undefined as null; a property that is undefined reads back as what it was.
  if (Array.isArray(part)) return part.includes(undefined) ? "undefined in an array. Write null" : undefined;
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype === null || prototype === Object.prototype) return undefined;
  return `${part.constructor.name}. Store plain data`;
}
