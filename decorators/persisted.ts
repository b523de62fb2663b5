import { bindCollection, isCollection, notAssignable } from "../src/collections/bind.ts";
import type { PersistedCollection } from "../src/collections/collection.ts";
import { LoomError, misuse } from "../src/errors.ts";
import { type Internals, internals } from "../src/object/internals.ts";
import { type FieldEntry, type PersistedOptions, persisted, prepare } from "../src/persistence/field.ts";
import { handOut } from "../src/persistence/storable.ts";
import { checkPlacement, notLoom } from "../src/declare/placement.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

/** What the compiler names when @Persisted is put on a plain field. */
export interface UseTheAccessorKeyword {
  readonly message: "Assignments to a plain field are invisible: write `@Persisted accessor name`.";
}

/** What the compiler names when `migrate` or `schema` makes what the field cannot hold. */
export interface TheOptionsMakeAnotherType {
  readonly message: "What `migrate` and `schema` make must fit the accessor's type.";
}

/** What the options make: the value of a field, or each entry of a collection. */
type Kept<Field> = Field extends PersistedCollection<infer Entry> ? Entry : Field;

/** @Persisted on an accessor of a class that extends LoomDO; `Value` is what its options make. */
export interface PersistedDecorator<Value> {
  // First, for a plain field: its return type is what the compiler prints.
  (target: undefined, context: ClassFieldDecoratorContext): UseTheAccessorKeyword;
  <This extends AnyLoomDO, Field>(
    target: ClassAccessorDecoratorTarget<This, Field>,
    context: ClassAccessorDecoratorContext<This, Field> &
      InstanceMember &
      ([Value] extends [Kept<Field>] ? unknown : TheOptionsMakeAnotherType),
  ): ClassAccessorDecoratorResult<This, Field>;
}

/**
 * Keeps the accessor's value across evictions: restored before the constructor's body, saved at the end of the turn.
 *
 * The value is frozen all the way down when it is assigned; change it with `update`, or assign a changed copy. What
 * cannot be stored, or takes more than 2 MB, throws at the assignment. A PersistedMap, PersistedSet or PersistedList is
 * changed by its methods instead, and stored as a row an entry.
 *
 * @example
 * ```ts
 * @Persisted accessor visits = 0;
 * @Persisted accessor drafts = new PersistedMap<Draft>();
 * @Persisted({ group: "hot" }) accessor #seen: ReadonlyMap<string, number> = new Map();
 * ```
 */
export function Persisted(target: undefined, context: ClassFieldDecoratorContext): UseTheAccessorKeyword;
export function Persisted<This extends AnyLoomDO, Value>(
  target: ClassAccessorDecoratorTarget<This, Value>,
  context: ClassAccessorDecoratorContext<This, Value> & InstanceMember,
): ClassAccessorDecoratorResult<This, Value>;
// `any`: without `migrate` or `schema` the field may hold whatever it likes.
export function Persisted<Value = any>(options?: PersistedOptions<Value>): PersistedDecorator<Value>;
export function Persisted(first?: unknown, context?: unknown): unknown {
  if (context === undefined) {
    return (target: unknown, where: unknown) => declare(target, where, (first ?? {}) as PersistedOptions);
  }
  return declare(first, context, {});
}

function declare(target: unknown, context: unknown, options: PersistedOptions) {
  checkPlacement("@Persisted", "accessor", context);
  const entry = entryOf(context.name, target as FieldEntry["slot"], options);
  persisted.add(context, entry);
  return {
    init(this: AnyLoomDO, initial: unknown) {
      return restore(this, entry, initial);
    },
    get(this: AnyLoomDO) {
      return handOut(entry.slot.get.call(this));
    },
    set(this: AnyLoomDO, next: unknown) {
      if (isCollection(entry.slot.get.call(this))) throw notAssignable(entry);
      this[internals].fields.assign(entry, next);
    },
  };
}

function entryOf(name: string | symbol, slot: FieldEntry["slot"], options: PersistedOptions): FieldEntry {
  const key = options.key ?? (typeof name === "symbol" ? undefined : name);
  if (!key) throw misuse(`@Persisted ${String(name)} has no storage key. Write \`@Persisted({ key: "…" })\`.`);
  if (key === "__proto__")
    throw misuse(`@Persisted ${String(name)}: no object can hold the key __proto__. Write another.`);
  const { version = 1 } = options;
  if (!Number.isInteger(version) || version < 1) {
    throw misuse(`@Persisted ${String(name)}: version ${version} is not a whole number from 1. Count 1, 2, 3.`);
  }
  return { name, key, group: options.group ?? "", options, slot };
}

function restore(object: AnyLoomDO, entry: FieldEntry, initial: unknown): unknown {
  const own = object[internals] as Internals | undefined;
  // SWC lets a foreign class through, and types may be silenced.
  if (!own) throw notLoom(`@Persisted ${String(entry.name)}`);
  const { blueprint, fields, start, turn } = own;
  // A subclass redeclared the member: its own entry restores it, this slot is never read.
  if (blueprint.fields.get(entry.key) !== entry) return initial;
  if (isCollection(initial)) {
    bindCollection(object, entry, initial);
    return initial;
  }
  try {
    return fields.restore(entry, initial);
  } catch (error) {
    if (!(error instanceof LoomError) || error.code !== "GROVE-LOOM-002") throw error;
    turn.seal();
    start.refuse(error);
    return prepare(entry, initial).value;
  }
}
