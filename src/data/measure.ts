/** What a walk found: the bytes a value takes when stored, and every object in it with its own. */
export interface Measured {
  readonly bytes: number;
  readonly objects: ReadonlyMap<object, number>;
}

/** Decides about what is not plain data, or is too deep in it; throws, or says how many bytes it takes. */
export type Foreign = (value: unknown, path: string, isTooDeep?: true) => number;

// Structured clone recurses: a deeper value would fail at the flush, far from the line that made it.
export const maxDepth = 500;

// An object frozen once stays frozen: `{ ...this.theme, font }` walks what changed only.
const frozenBytes = new WeakMap<object, number>();

/** Remembers that `value` is frozen all the way down, and what it takes. */
export function rememberFrozen(value: object, bytes: number): void {
  frozenBytes.set(value, bytes);
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
    if (depth > maxDepth) return this.#foreign(value, "", true);
    const bytes = this.#bytesInside(value, path, depth + 1);
    if (bytes === undefined) {
      this.objects.delete(value);
      return this.#foreign(value, path);
    }
    this.objects.set(value, bytes + 8);
    return bytes + 8;
  }

  #bytesInside(value: object, path: string, depth: number): number | undefined {
    // By prototype: an instance of a subclass would come back as one of the base.
    switch (Object.getPrototypeOf(value)) {
      case Object.prototype:
      case null:
        return this.#bytesOfRecord(value, path, depth);
      case Array.prototype:
        return this.#sum(value as unknown[], (_, index) => `${path}[${index}]`, depth);
      case Date.prototype:
        return 9;
      case Map.prototype:
        return this.#bytesOfMap(value as Map<unknown, unknown>, path, depth);
      case Set.prototype:
        return this.#sum(value as Set<unknown>, () => `${path} (an item)`, depth);
      default:
        return undefined;
    }
  }

  #bytesOfMap(map: Map<unknown, unknown>, path: string, depth: number): number {
    const keys = this.#sum(map.keys(), () => `${path} (a key)`, depth);
    return keys + this.#sum(map.values(), () => `${path} (a value)`, depth);
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
