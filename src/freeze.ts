import { LOOM_ERRORS } from "./catalogue.ts";
import { LoomError } from "./errors.ts";

/** What a walk found: the bytes a value takes when stored, and every object in it with its own. */
export interface Measured {
  readonly bytes: number;
  readonly objects: ReadonlyMap<object, number>;
}

/** Decides about an object that is not plain data; throws, or says how many bytes it takes. */
export type Foreign = (value: unknown, path: string) => number;

// Structured clone recurses: a deeper value would fail at the flush, far from the line that made it.
const maxDepth = 500;

// An object frozen once stays frozen: `{ ...this.theme, font }` walks what changed only.
const frozenBytes = new WeakMap<object, number>();

/** Freezes plain data in place, all the way down; anything else in it is left as it is. */
export function freezeDeep<Value>(value: Value): Value {
  for (const found of measure(value, () => 0).objects.keys()) freezeOne(found);
  return value;
}

/** Freezes what a strict walk found, and remembers it so that the next walk stops there. */
export function freezeMeasured({ objects }: Measured): void {
  for (const [found, bytes] of objects) {
    freezeOne(found);
    frozenBytes.set(found, bytes);
  }
}

/** Walks plain data; `foreign` is asked about whatever is not. */
export function measure(value: unknown, foreign: Foreign): Measured {
  const walk = new Walk(foreign);
  return { bytes: walk.bytesOf(value, "", 0), objects: walk.objects };
}

class Walk {
  readonly objects = new Map<object, number>();
  readonly #foreign: Foreign;

  constructor(foreign: Foreign) {
    this.#foreign = foreign;
  }

  bytesOf(value: unknown, path: string, depth: number): number {
    switch (typeof value) {
      case "string":
        return bytesOfText(value);
      case "number":
        return 9;
      case "bigint":
        return 8 + value.toString(16).length / 2;
      case "symbol":
      case "function":
        return this.#foreign(value, path);
      case "object":
        return value === null ? 1 : this.#bytesOfObject(value, path, depth);
      default:
        return 1;
    }
  }

  #bytesOfObject(value: object, path: string, depth: number): number {
    const known = frozenBytes.get(value);
    if (known !== undefined) return known;
    if (this.objects.has(value)) return 4;
    this.objects.set(value, 0);
    if (depth > maxDepth)
      throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message: `more than ${maxDepth} levels deep` });
    const bytes = this.#bytesInside(value, path, depth + 1);
    if (bytes === undefined) {
      this.objects.delete(value);
      return this.#foreign(value, path);
    }
    this.objects.set(value, bytes + 8);
    return bytes + 8;
  }

  #bytesInside(value: object, path: string, depth: number): number | undefined {
    if (Array.isArray(value)) return this.#sum(value, (_, index) => `${path}[${index}]`, depth);
    if (value instanceof Date) return 9;
    if (value instanceof Map) {
      return (
        this.#sum(value.keys(), () => `${path} (a key)`, depth) +
        this.#sum(value.values(), () => `${path} (a value)`, depth)
      );
    }
    if (value instanceof Set) return this.#sum(value, () => `${path} (an item)`, depth);
    const prototype = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null ? this.#bytesOfRecord(value, path, depth) : undefined;
  }

  #sum(items: Iterable<unknown>, pathOf: (item: unknown, index: number) => string, depth: number): number {
    let bytes = 0;
    let index = 0;
    for (const item of items) {
      // Only what may hold a fault needs its path spelled out.
      const path = typeof item === "object" || typeof item === "function" ? pathOf(item, index) : "";
      bytes += this.bytesOf(item, path, depth);
      index += 1;
    }
    return bytes;
  }

  #bytesOfRecord(value: object, path: string, depth: number): number {
    let bytes = 0;
    for (const key of Object.keys(value)) {
      bytes += bytesOfText(key) + this.bytesOf((value as Record<string, unknown>)[key], `${path}.${key}`, depth);
    }
    // Structured clone drops symbol keys without a word.
    const [symbol] = Object.getOwnPropertySymbols(value);
    return symbol === undefined ? bytes : bytes + this.#foreign(symbol, path);
  }
}

/** An upper bound for short text, exact for long: V8 stores Latin-1 in one byte a character, other text in two. */
function bytesOfText(text: string): number {
  if (text.length < 64) return 2 * text.length + 4;
  // oxlint-disable-next-line no-control-regex -- the whole Latin-1 range, its control characters included
  return (/[^\u0000-\u00ff]/.test(text) ? 2 * text.length : text.length) + 8;
}

const mutators: readonly [abstract new (...args: never) => object, readonly string[]][] = [
  [Map, ["set", "delete", "clear"]],
  [Set, ["add", "delete", "clear"]],
  [Date, Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith("set"))],
];

function freezeOne(value: object): void {
  if (Object.isFrozen(value)) return;
  const names = mutators.find(([type]) => value instanceof type)?.[1] ?? [];
  for (const name of names) Object.defineProperty(value, name, { value: refuseChange });
  Object.freeze(value);
}

function refuseChange(): never {
  throw new TypeError(frozenText);
}

const frozenText =
  'This value is frozen: it belongs to a persisted field or a cache. Write `update(this, "field", (draft) => …)`, or assign a changed copy.';

/** What to write instead, when `error` is a change to a frozen value. */
export function frozenHint(error: unknown): string | undefined {
  const isFrozen =
    error instanceof TypeError &&
    /read only|not extensible|frozen|Cannot (?:delete|redefine|define)/.test(error.message);
  return isFrozen ? frozenText : undefined;
}
