/** What an object takes when stored, and how many levels are below it. */
export interface Size {
  readonly bytes: number;
  readonly levels: number;
}

/** What a walk found: the bytes a value takes when stored, and every object in it with its own size. */
export interface Measured {
  readonly bytes: number;
  readonly objects: ReadonlyMap<object, Size>;
}

/** Decides about what is not plain data, or is too deep in it; throws, or says how many bytes it takes. */
export type Foreign = (value: unknown, path: string, isTooDeep?: true) => number;

// Structured clone recurses: a deeper value would fail at the flush, far from the line that made it.
export const maxDepth = 500;

// An object frozen once stays frozen: `{ ...this.theme, font }` walks what changed only.
const frozenSizes = new WeakMap<object, Size>();

/** Remembers that `value` is frozen all the way down, and its size. */
export function rememberFrozen(value: object, size: Size): void {
  frozenSizes.set(value, size);
}

/** Walks plain data; `foreign` is asked about whatever is not. */
export function measure(value: unknown, foreign: Foreign): Measured {
  const walk = new Walk(foreign);
  return { bytes: walk.bytesOf(value, "", 0), objects: walk.objects };
}

class Walk {
  readonly objects = new Map<object, Size>();
  readonly #foreign: Foreign;
  /** The deepest level met so far below the object at hand. */
  #deepest = 0;

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
    const known = frozenSizes.get(value);
    // A frozen value wrapped again and again grows deeper with each assignment.
    if (depth + (known?.levels ?? 0) > maxDepth) return this.#foreign(value, "", true);
    if (known) {
      this.#deepest = Math.max(this.#deepest, depth + known.levels);
      return known.bytes;
    }
    if (this.objects.has(value)) return 4;
    return this.#measure(value, path, depth);
  }

  #measure(value: object, path: string, depth: number): number {
    const before = this.#deepest;
    this.#deepest = depth;
    this.objects.set(value, { bytes: 0, levels: 0 });
    const bytes = this.#bytesInside(value, path, depth + 1);
    if (bytes === undefined) {
      this.objects.delete(value);
      return this.#foreign(value, path);
    }
    this.objects.set(value, { bytes: bytes + 8, levels: this.#deepest - depth });
    this.#deepest = Math.max(before, this.#deepest);
    return bytes + 8;
  }

  #bytesInside(value: object, path: string, depth: number): number | undefined {
    // By prototype: an instance of a subclass would come back as one of the base.
    switch (Object.getPrototypeOf(value)) {
      case Object.prototype:
      case null:
        return this.#bytesOfRecord(value, path, depth);
      case Array.prototype:
        if (hasNames(value as unknown[])) return undefined;
        return this.#sum(value as unknown[], (index) => `${path}[${index}]`, depth);
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

  #sum(items: Iterable<unknown>, pathOf: (index: number) => string, depth: number): number {
    let bytes = 0;
    let index = 0;
    for (const item of items) {
      // Only what may hold a fault needs its path spelled out.
      const path = typeof item === "object" || typeof item === "function" ? pathOf(index) : "";
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

/** True for a list with keys beside its indices: those come last, and nothing that walks a list sees them. */
function hasNames(list: readonly unknown[]): boolean {
  const last = Object.keys(list).at(-1);
  return last !== undefined && !/^\d+$/.test(last);
}

/** An upper bound for short text, exact for long: V8 stores Latin-1 in one byte a character, other text in two. */
function bytesOfText(text: string): number {
  if (text.length < 64) return 2 * text.length + 4;
  // oxlint-disable-next-line no-control-regex -- the whole Latin-1 range, its control characters included
  return (/[^\u0000-\u00ff]/.test(text) ? 2 * text.length : text.length) + 8;
}
