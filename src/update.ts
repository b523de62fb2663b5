import { misuse } from "./errors.ts";
import { isThenable } from "./thenable.ts";
import type { AnyLoomDO } from "./types.ts";

/** `Value` with nothing readonly, all the way down: what a recipe may change. */
export type Draft<Value> =
  Value extends ReadonlyMap<infer Key, infer Item>
    ? Map<Draft<Key>, Draft<Item>>
    : Value extends ReadonlySet<infer Item>
      ? Set<Draft<Item>>
      : Value extends Date | ArrayBuffer | ArrayBufferView
        ? Value
        : Value extends object
          ? { -readonly [Key in keyof Value]: Draft<Value[Key]> }
          : Value;

/** What a recipe may return: the new value, or nothing when it edited the draft. */
type Made<Value> = Draft<Value> | Value | void;

/**
 * A changed copy of `value`: `recipe` edits the draft, or returns the new value. For fields that `update` cannot name.
 *
 * @example
 * ```ts
 * this.#theme = changed(this.#theme, (draft) => { draft.colors.accent = "teal"; });
 * ```
 */
export function changed<Value>(value: Value, recipe: (draft: Draft<Value>) => NoInfer<Made<Value>>): Value {
  const draft = structuredClone(value) as Draft<Value>; // the same data; only the type forgets readonly
  const result: unknown = recipe(draft);
  if (isThenable(result)) {
    throw misuse("changed: the recipe is async, so others could change the value meanwhile. Await before it.");
  }
  return (result === undefined ? draft : result) as Value;
}

/**
 * Changes a persisted field through a copy: `recipe` edits the draft, or returns the new value.
 *
 * @example
 * ```ts
 * update(this, "theme", (draft) => { draft.colors.accent = "teal"; });
 * ```
 */
export function update<
  Owner extends AnyLoomDO,
  Key extends keyof Owner,
  // Inferred, and const, so that a literal returned for a union of literals keeps its type.
  const Result extends Made<Owner[Key]>,
>(object: Owner, field: Key, recipe: (draft: Draft<Owner[Key]>) => Result): void {
  object[field] = changed(object[field], recipe as (draft: Draft<Owner[Key]>) => NoInfer<Made<Owner[Key]>>);
}
