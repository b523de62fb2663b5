import { misuse } from "../errors.ts";

// Deeper arguments come from a mistake or from somebody probing; the walk recurses.
const maxDepth = 64;

/**
 * A text that is equal for equal arguments: plain data by structure, the order of keys, of a Map and of a Set ignored.
 *
 * Missing trailing arguments count as undefined, as they do for the method itself.
 */
export function keyOfArguments(args: readonly unknown[], where: string): string {
  const given = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
  return given.map((arg, index) => new ArgumentKey(`${where}: argument ${index + 1}`).of(arg)).join(",");
}

class ArgumentKey {
  readonly #where: string;
  readonly #within: object[] = [];

  constructor(where: string) {
    this.#where = where;
  }

  of(value: unknown): string {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "bigint":
        return `${value}n`;
      case "object":
        return value === null ? "null" : this.#inside(value);
      case "function":
      case "symbol":
        throw this.#refusal(`a ${typeof value}`);
      default:
        return String(value);
    }
  }

  #inside(value: object): string {
    if (this.#within.includes(value)) throw this.#refusal("a cycle");
    if (this.#within.length === maxDepth) throw this.#refusal(`more than ${maxDepth} levels`);
    this.#within.push(value);
    const key = this.#ofObject(value);
    this.#within.pop();
    return key;
  }

  #ofObject(value: object): string {
    if (Array.isArray(value)) return `[${Array.from(value, (item) => this.of(item)).join(",")}]`;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#ofRecord(value as Record<string, unknown>);
    if (prototype === Date.prototype) return `Date(${(value as Date).getTime()})`;
    if (prototype === Set.prototype) return `Set{${sorted(value as Set<unknown>, (item) => this.of(item))}}`;
    if (prototype === Map.prototype) {
      return `Map{${sorted(value as Map<unknown, unknown>, ([key, item]) => `${this.of(key)}:${this.of(item)}`)}}`;
    }
    throw this.#refusal(`an object of class ${value.constructor?.name}`);
  }

  #ofRecord(value: Record<string, unknown>): string {
    if (Object.getOwnPropertySymbols(value).length > 0) throw this.#refusal("a symbol");
    return `{${sorted(Object.keys(value), (key) => `${JSON.stringify(key)}:${this.of(value[key])}`)}}`;
  }

  #refusal(found: string): Error {
    return misuse(`${this.#where} is or holds ${found}. Take plain data, and look the rest up inside the method.`);
  }
}

function sorted<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): string {
  return Array.from(items, keyOf).sort().join(",");
}
