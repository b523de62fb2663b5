import type { FieldEntry } from "./field.ts";
import { versionOf } from "./field.ts";

/** What the row of one group holds; keys of no field of today's class are kept as they are. */
export interface GroupRow {
  readonly values: Map<string, unknown>;
  /** Versions above 1, by key. */
  readonly versions: Map<string, number>;
  /** Keys whose value is too large for the group and has a row of its own. */
  readonly apart: Set<string>;
}

const prefix = "loom:fields";

/** The key of a value that has its own row. */
export const apartKey = (key: string): string => `loom:field:${key}`;

// Three short names, and only what is there: the row is rewritten with every change.
interface StoredRow {
  readonly values: Map<string, unknown>;
  readonly versions?: Map<string, number>;
  readonly apart?: Set<string>;
}

/** A row that holds nothing yet. */
export function newRow(): GroupRow {
  return { values: new Map(), versions: new Map(), apart: new Set() };
}

/** Every group's row, by the group's name. */
export function readRows(kv: SyncKvStorage): Map<string, GroupRow> {
  const rows = new Map<string, GroupRow>();
  for (const [key, stored] of kv.list<StoredRow>({ prefix })) {
    rows.set(key.slice(prefix.length + 1), { ...newRow(), ...stored });
  }
  return rows;
}

/** Writes `row`: one row. */
export function writeRow(kv: SyncKvStorage, group: string, row: GroupRow): void {
  kv.put<StoredRow>(group === "" ? prefix : `${prefix}:${group}`, {
    values: row.values,
    ...(row.versions.size > 0 && { versions: row.versions }),
    ...(row.apart.size > 0 && { apart: row.apart }),
  });
}

/** Puts a changed value into `row`; returns whether the group's own row must be written for it. */
export function place(row: GroupRow, entry: FieldEntry, value: unknown, isApart: boolean): boolean {
  const { key } = entry;
  const moved = isApart !== row.apart.has(key) || setVersion(row, key, versionOf(entry));
  if (isApart) {
    row.apart.add(key);
    row.values.delete(key);
    return moved;
  }
  row.apart.delete(key);
  row.values.set(key, value);
  return true;
}

function setVersion(row: GroupRow, key: string, version: number): boolean {
  const before = row.versions.get(key) ?? 1;
  if (version === 1) row.versions.delete(key);
  else row.versions.set(key, version);
  return before !== version;
}
