/** What a log line may hold: plain JSON, bounded in depth and size. */
export type Printable = string | number | boolean | null | Printable[] | { [key: string]: Printable };

type Fields = { [key: string]: Printable };

const maxDepth = 8;
const maxItems = 100;
const maxKey = 64;
const maxValues = 2_000;
const maxText = 8_192;
const maxTotal = 65_536;
const errorKeys = ["name", "message", "stack", "code", "status", "cause", "errors"];

/** Turns any value into plain JSON for one log line; whatever it meets, it never throws. */
export class Printer {
  readonly #isSecret: (key: string) => boolean;
  readonly #within = new Set<object>();
  #values = maxValues;
  #total = maxTotal;

  constructor(isSecret: (key: string) => boolean) {
    this.#isSecret = isSecret;
  }

  /** `value` as JSON; `undefined` where JSON has no word for it. */
  print(value: unknown): Printable | undefined {
    if (--this.#values < 0) return "[too much data]";
    try {
      return typeof value === "object" && value !== null ? this.#container(value) : this.#primitive(value);
    } catch {
      // A throwing getter, toJSON or proxy trap, or a revoked proxy: a log line must not fail the event it describes.
      return "[unreadable]";
    }
  }

  /** The fields of `source` under their own names, secrets blanked. */
  fields(source: object, keys = Object.keys(source)): Fields {
    const printed: Fields = Object.create(null);
    for (const key of keys.slice(0, maxItems)) {
      const value = this.#field(source as Fields, key);
      if (value !== undefined) printed[this.text(key, maxKey)] = value;
    }
    if (keys.length > maxItems) printed["…"] = "[more keys]";
    return printed;
  }

  /** `text`, cut to what one line can bear, but never below `least` characters. */
  text(text: string, least = 0): string {
    const room = Math.max(least, Math.min(maxText, this.#total));
    this.#total -= Math.min(text.length, room);
    return text.length <= room ? text : `${text.slice(0, room)}… (${text.length} characters)`;
  }

  #primitive(value: unknown): Printable | undefined {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (typeof value === "bigint") return this.text(`${value}n`);
    if (typeof value === "symbol") return this.text(String(value));
    // Not its name: to read one off an RPC stub is a call.
    if (typeof value === "function") return "[function]";
    return value as boolean | null | undefined;
  }

  #container(value: object): Printable | undefined {
    if (this.#within.has(value)) return "[circular]";
    if (this.#within.size >= maxDepth) return "[too deep]";
    this.#within.add(value);
    try {
      return this.#contents(value);
    } finally {
      this.#within.delete(value);
    }
  }

  #contents(value: object): Printable | undefined {
    if (value instanceof Error) return this.fields(value, errorKeys);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (Array.isArray(value) || value instanceof Set) return this.#list(value);
    if (value instanceof Map || value instanceof Headers) return this.#map(value);
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (hasToJSON(value)) return this.print(value.toJSON());
    return this.fields(value);
  }

  #list(items: Iterable<unknown>): Printable[] {
    const printed: Printable[] = [];
    for (const item of items) {
      if (printed.length === maxItems) return [...printed, "[more items]"];
      printed.push(this.print(item) ?? null);
    }
    return printed;
  }

  #map(map: Iterable<[unknown, unknown]>): Fields {
    const fields: [string, unknown][] = [];
    for (const [key, value] of map) {
      if (fields.length > maxItems) break;
      fields.push([typeof key === "string" ? key : JSON.stringify(this.print(key)), value]);
    }
    return this.fields(Object.fromEntries(fields));
  }

  #field(source: Readonly<Record<string, unknown>>, key: string): Printable | undefined {
    try {
      const value = source[key];
      const isTold = typeof value === "boolean" || value === null || value === undefined;
      return !isTold && this.#isSecret(key) ? "[redacted]" : this.print(value);
    } catch {
      return "[unreadable]";
    }
  }
}

/** An RPC stub answers every read with a function that calls its object (workerd 2026-10-23): only descriptors are safe. */
function hasToJSON(value: object): value is { toJSON(): unknown } {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, "toJSON");
    if (found) return typeof (value as { toJSON: unknown }).toJSON === "function";
  }
  return false;
}
