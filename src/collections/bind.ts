import { misuse } from "../errors.ts";
import type { FieldEntry } from "../persistence/field.ts";
import type { AnyLoomDO } from "../types.ts";

/** What every collection has; a symbol, so that @Persisted knows one without loading what a class may not use. */
export const bindTo: unique symbol = Symbol("loom.bindTo");

/** The field that a collection is. */
export interface Home {
  readonly object: AnyLoomDO;
  readonly entry: FieldEntry;
  /** How errors call it. */
  readonly where: string;
}

/** A value that is stored as rows of its own, not in its field's. */
export interface Bindable {
  [bindTo](home: Home): void;
}

/** True for a collection. */
export function isCollection(value: unknown): value is Bindable {
  return typeof value === "object" && value !== null && bindTo in value;
}

/** Makes `collection` the one of this object's field; reads nothing. */
export function bindCollection(object: AnyLoomDO, entry: FieldEntry, collection: Bindable): void {
  const where = `@Persisted ${String(entry.name)}`;
  const { expose, version, migrate, group } = entry.options;
  const fault =
    (expose && "cannot cross RPC. Remove `expose`, and write methods that return entries") ||
    ((version !== undefined || migrate) && "has no `version` or `migrate`. Change its entries in a start step") ||
    (group !== undefined && "has a row for each entry. Remove `group`") ||
    (entry.key.length > maxFieldKey && `has a key of over ${maxFieldKey} letters. Shorten it`);
  if (fault) throw misuse(`${where}: a collection ${fault}.`);
  collection[bindTo]({ object, entry, where });
}

// What is left of a row's key is for the entry's own.
const maxFieldKey = 100;

/** The error for an assignment to a collection's field. */
export function notAssignable({ name }: FieldEntry): Error {
  const field = String(name);
  return misuse(
    `@Persisted ${field} is a collection. Write \`this.${field}.clear()\` to empty it, and add by its methods.`,
  );
}
