import { v8 } from "../node.ts";

type Done = Map<object, unknown>;

// Jest runs each test file in a realm of its own, and what Node clones is of the first one: it would be no plain data.
const isForeign = () => Object.getPrototypeOf(v8().deserialize(v8().serialize({}))) !== Object.prototype;
let mustMove: boolean | undefined;

/** `value`, which Node has cloned, made of the objects of this realm. */
export function ofThisRealm(value: unknown): unknown {
  mustMove ??= isForeign();
  return mustMove ? moved(value) : value;
}

/** `value`, whose objects may be of another realm, made of those of this one. */
export function moved(value: unknown, done: Done = new Map()): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!done.has(value)) done.set(value, copied(value, done));
  return done.get(value);
}

function copied(value: object, done: Done): unknown {
  const source = value as never; // told apart by its tag: `instanceof` knows this realm's classes only
  switch (Object.prototype.toString.call(value).slice(8, -1)) {
    case "Date":
      return new Date(Number(source));
    case "RegExp":
      return new RegExp(source);
    case "Error":
      return movedError(value as Error);
    case "Map":
      return mapped(source, done);
    case "Set":
      return collected(source, done);
    case "Array":
      return filled(value, { copy: [], done });
    case "Object":
      return filled(value, { copy: {}, done });
    default:
      return value;
  }
}

function movedError({ name, message, stack }: Error): Error {
  const types: Record<string, ErrorConstructor | undefined> = { RangeError, SyntaxError, TypeError };
  return Object.assign(new (types[name] ?? Error)(message), { stack });
}

function mapped(value: Map<unknown, unknown>, done: Done): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  done.set(value, copy);
  for (const [key, each] of value) copy.set(moved(key, done), moved(each, done));
  return copy;
}

function collected(value: Set<unknown>, done: Done): Set<unknown> {
  const copy = new Set<unknown>();
  done.set(value, copy);
  for (const each of value) copy.add(moved(each, done));
  return copy;
}

function filled(value: object, { copy, done }: { readonly copy: object; readonly done: Done }): object {
  done.set(value, copy);
  for (const [key, each] of Object.entries(value)) {
    const property = { value: moved(each, done), enumerable: true, writable: true, configurable: true };
    Object.defineProperty(copy, key, property);
  }
  return copy;
}
