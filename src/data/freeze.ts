import { measure, type Measured, rememberFrozen } from "./measure.ts";

/** Freezes plain data in place, all the way down; anything else in it is left as it is. */
export function freezeDeep<Value>(value: Value): Value {
  for (const found of measure(value, () => 0).objects.keys()) freezeOne(found);
  return value;
}

/** Freezes what a strict walk found, and remembers it so that the next walk stops there. */
export function freezeMeasured({ objects }: Measured): void {
  for (const [found, size] of objects) {
    freezeOne(found);
    rememberFrozen(found, size);
  }
}

// By what the engine has: `getOrInsert` is newer than TypeScript's library (workerd 2026-10-23).
const mutators = [Map, Set, Date].map((type) => {
  const names = Object.getOwnPropertyNames(type.prototype);
  return [type, names.filter((name) => /^(?:set|add|delete|clear|getOrInsert)/.test(name))] as const;
});

/** Freezes `value` itself, and the methods that change it. */
export function freezeOne(value: object): void {
  if (Object.isFrozen(value)) return;
  const names = mutators.find(([type]) => value instanceof type)?.[1] ?? [];
  for (const name of names) Object.defineProperty(value, name, { value: refuseChange });
  Object.freeze(value);
}

function refuseChange(): never {
  throw new TypeError(frozenText);
}

const frozenText =
  'This value is frozen: it belongs to a persisted field, a socket or a cache. Write `update(this, "field", (draft) => …)`, or assign a changed copy.';

/** What to write instead, when `error` is a change to a frozen value. */
export function frozenHint(error: unknown): string | undefined {
  const isFrozen =
    error instanceof TypeError &&
    /read only|not extensible|frozen|Cannot (?:delete|redefine|define)/.test(error.message);
  return isFrozen ? frozenText : undefined;
}
