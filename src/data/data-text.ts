import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { maxRowBytes } from "./limits.ts";
import { maxDepth } from "./measure.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Plain data as JSON text: what JSON has no word for is an object with one key that starts with `$`.
 *
 * Throws 043 for what is no plain data, for cycles and for what fits no row; `where` names it in the error.
 */
export function toDataText(value: unknown, where: string): string {
  const text = JSON.stringify(new Writer(where).write(value, ""));
  // A UTF-16 unit is at most three bytes of UTF-8.
  const fits = 3 * text.length <= maxRowBytes || new TextEncoder().encode(text).byteLength <= maxRowBytes;
  if (!fits) throw notStorable(`${where} takes more than the 2 MB of one row. Keep large data in R2, or split it.`);
  return text;
}

/** The data that `toDataText` wrote. */
export function fromDataText(text: string): unknown {
  const json = JSON.parse(text) as Json;
  return text.includes('{"$') ? read(json) : json;
}

class Writer {
  readonly #where: string;
  /** The objects around the one at hand. */
  readonly #open = new Set<object>();

  constructor(where: string) {
    this.#where = where;
  }

  write(value: unknown, path: string): Json {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : { $number: String(1 / value === -Infinity ? "-0" : value) };
      case "undefined":
        return { $undefined: 0 };
      case "bigint":
        return { $bigint: value.toString() };
      case "object":
        return value === null ? null : this.#around(value, path);
      default:
        throw this.#refuse(path, `is a ${typeof value}, which cannot be stored`);
    }
  }

  #around(value: object, path: string): Json {
    if (this.#open.has(value)) throw this.#refuse(path, "holds itself");
    if (this.#open.size === maxDepth) throw this.#refuse("", `is more than ${maxDepth} levels deep`);
    this.#open.add(value);
    const json = this.#inside(value, path);
    this.#open.delete(value);
    return json;
  }

  #inside(value: object, path: string): Json {
    // By prototype: an instance of a subclass would come back as one of the base.
    switch (Object.getPrototypeOf(value)) {
      case Array.prototype:
        return Array.from(value as unknown[], (item, index) => this.write(item, `${path}[${index}]`));
      case Object.prototype:
      case null:
        return this.#record(value, path);
      case Date.prototype:
        return { $date: this.write((value as Date).getTime(), path) };
      case Set.prototype:
        return { $set: Array.from(value as Set<unknown>, (item) => this.write(item, `${path} (an item)`)) };
      case Map.prototype:
        return { $map: this.#pairs([...(value as Map<unknown, unknown>)], path) };
      default:
        throw this.#refuse(path, `is an instance of ${value.constructor?.name || "an unnamed class"}`);
    }
  }

  #pairs(entries: readonly (readonly [unknown, unknown])[], path: string): Json {
    return entries.map(([key, item]) => [this.write(key, `${path} (a key)`), this.write(item, `${path} (a value)`)]);
  }

  #record(value: object, path: string): Json {
    const entries = Object.entries(value);
    const [symbol] = Object.getOwnPropertySymbols(value);
    if (symbol) throw this.#refuse(path, `has the symbol ${String(symbol)} as a key, which cannot be stored`);
    if (entries[0]?.[0].startsWith("$")) return { $record: this.#pairs(entries, path) };
    return Object.fromEntries(entries.map(([key, item]) => [key, this.write(item, `${path}.${key}`)]));
  }

  #refuse(path: string, problem: string): LoomError {
    const remedy = "Give plain data, arrays, Date, Map, Set or bigint.";
    return notStorable(`${this.#where}${path} ${problem}. ${remedy}`);
  }
}

function read(json: Json): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(read);
  const entries = Object.entries(json);
  const [key, inner] = entries[0] ?? ["", null];
  const reader = key.startsWith("$") ? readers[key] : undefined;
  return reader ? reader(read(inner) as never) : Object.fromEntries(entries.map(([name, item]) => [name, read(item)]));
}

// Given what was inside, itself read already.
const readers: Readonly<Record<string, (inner: never) => unknown>> = {
  $number: Number,
  $undefined: () => undefined,
  $bigint: (text: string) => BigInt(text),
  $date: (time: number) => new Date(time),
  $set: (items: unknown[]) => new Set(items),
  $map: (entries: [unknown, unknown][]) => new Map(entries),
  $record: (entries: [string, unknown][]) => Object.fromEntries(entries),
};

function notStorable(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.NOT_STORABLE, { message });
}
