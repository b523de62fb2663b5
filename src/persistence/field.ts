import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { Registry } from "../metadata.ts";
import type { StandardSchema } from "../data/standard-schema.ts";
import { isSameData } from "./equal.ts";
import { storable, type Storable } from "./storable.ts";

/** How a persisted field is stored. */
export interface PersistedOptions<Value = unknown> {
  /** The name it is stored under; set it when you rename the member. @default the member's name */
  readonly key?: string;
  /** Fields of one group share a row: put what changes often in a group of its own. @default "" */
  readonly group?: string;
  /** Leaves the field readable over RPC. @default false */
  readonly expose?: boolean;
  /** The version of the value's shape; raise it together with `migrate`. @default 1 */
  readonly version?: number;
  /** Makes today's shape from a value stored by an older version. */
  readonly migrate?: (stored: unknown, version: number) => Value;
  /** Checks what is assigned and what is restored; must be synchronous, and leave what it made as it is. */
  readonly schema?: StandardSchema<unknown, Value>;
}

/** One persisted field of a class. */
export interface FieldEntry {
  readonly name: string | symbol;
  readonly key: string;
  readonly group: string;
  readonly options: PersistedOptions;
  /** The accessor's own slot, beneath Loom's `get` and `set`. */
  readonly slot: ClassAccessorDecoratorTarget<unknown, unknown>;
}

/** A value as a row has it. */
export interface StoredValue {
  readonly value: unknown;
  readonly version: number;
}

/** What @Persisted recorded. */
export const persisted = new Registry<FieldEntry>("loom:persisted");

/** The version of the shape that `entry` declares. */
export function versionOf(entry: FieldEntry): number {
  return entry.options.version ?? 1;
}

/** How errors call the field. */
export function placeOf({ name }: FieldEntry): string {
  return `@Persisted ${String(name)}`;
}

/** `value` as the field, or the entry of it that is at `where`, keeps it: through the schema, frozen and counted. */
export function prepare(entry: FieldEntry, value: unknown, where = placeOf(entry)): Storable {
  return storable(entry.options.schema ? settle(entry.options.schema, value, where) : value, where);
}

/** The field's value made from what was stored by `version` of its shape. */
export function revive(entry: FieldEntry, { value, version }: StoredValue): Storable {
  const current = versionOf(entry);
  if (version > current) {
    throw unreadable(
      entry,
      `was stored by version ${version}, newer than the declared ${current}. Deploy the newer class.`,
    );
  }
  const { migrate } = entry.options;
  if (version < current && !migrate) {
    throw unreadable(entry, `was stored by version ${version} and version ${current} has no \`migrate\`. Add one.`);
  }
  try {
    // A copy: the row keeps the older shape under its version, whatever `migrate` does to what it is given.
    return prepare(entry, version < current ? migrate!(structuredClone(value), version) : value);
  } catch (cause) {
    throw unreadable(entry, "could not be restored.", cause);
  }
}

/** What the schema makes of `value`; it must leave that as it is, since every wake gives it what it made before. */
function settle(schema: StandardSchema, value: unknown, where: string): unknown {
  const made = parse(schema, value, where);
  if (isSameData(made, value) || isSameData(parse(schema, made, where), made)) return made;
  throw new LoomError(LOOM_ERRORS.NOT_STORABLE, {
    message: `${where}: its schema changes again what it made, and runs on every wake. Convert before you assign.`,
  });
}

function parse(schema: StandardSchema, value: unknown, where: string): unknown {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    throw new LoomError(LOOM_ERRORS.NOT_STORABLE, {
      message: `${where}: the schema is asynchronous. Use a synchronous one.`,
    });
  }
  if (!result.issues) return result.value;
  const [first] = result.issues;
  throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message: `${where} does not fit its schema: ${first?.message}` });
}

/** The error for a stored value that cannot become the field's. */
export function unreadable(entry: FieldEntry, problem: string, cause?: unknown): LoomError {
  return new LoomError(LOOM_ERRORS.STATE_UNREADABLE, { message: `${placeOf(entry)} ${problem}`, cause });
}
