import { misuse } from "./errors.ts";
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

/**
 * Changes a persisted field through a copy: `recipe` edits the draft, or returns the new value.
 *
 * @example
 * ```ts
 * update(this, "theme", (draft) => { draft.colors.accent = "teal"; });
 * ```
 */
export function update<Owner extends AnyLoomDO, Key extends keyof Owner>(
  object: Owner,
  field: Key,
  recipe: (draft: Draft<Owner[Key]>) => Draft<Owner[Key]> | Owner[Key] | void,
): void {
  const draft = structuredClone(object[field]) as Draft<Owner[Key]>;
  const result: unknown = recipe(draft);
  if (result instanceof Promise) {
    throw misuse(
      `update ${String(field)}: the recipe is asynchronous, so others could change the field meanwhile. Await before it.`,
    );
  }
  object[field] = (result === undefined ? draft : result) as Owner[Key];
}
