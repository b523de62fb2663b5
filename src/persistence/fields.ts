import { entriesPrefix } from "./entry-keys.ts";
import { isSameData } from "./equal.ts";
import { type FieldEntry, prepare, revive, type StoredValue, unreadable } from "./field.ts";
import { GroupRow } from "./group-row.ts";
import type { Turn } from "./turn.ts";

// Small fields share a row, so that three changes cost one; a large one would be rewritten with each of them.
const maxGroupedBytes = 8 * 1024;

/** The persisted fields of one object: restores them on wake, saves what a turn changed. */
export class Fields {
  readonly usesKv = true;
  readonly #object: object;
  readonly #kv: SyncKvStorage;
  readonly #turn: Turn;
  readonly #rows: GroupRow[] = [];
  readonly #live: FieldEntry[] = [];
  /** What changed since the last save, and the bytes it takes. */
  #dirty: Map<FieldEntry, number> | undefined;

  constructor(object: object, kv: SyncKvStorage, turn: Turn) {
    this.#object = object;
    this.#kv = kv;
    this.#turn = turn;
  }

  /** The field's first value: what is stored, else what the class declares. Throws when it cannot be read. */
  restore(entry: FieldEntry, initial: unknown): unknown {
    this.#live.push(entry);
    const stored = this.#read(entry);
    return stored === undefined ? prepare(entry, initial).value : revive(entry, stored).value;
  }

  /** True when a plain value is stored for the field. */
  has(entry: FieldEntry): boolean {
    return this.#homeOf(entry) !== undefined;
  }

  /** Keeps `next` and marks the field changed, unless it is what the field holds already. */
  assign(entry: FieldEntry, next: unknown): void {
    const { value, bytes } = prepare(entry, next);
    if (isSameData(entry.slot.get.call(this.#object), value)) return;
    if (!this.#dirty?.has(entry)) this.#checkEntries(entry);
    entry.slot.set.call(this.#object, value);
    (this.#dirty ??= new Map()).set(entry, bytes);
    this.#turn.change(this);
  }

  /** Remembers every field's value; the returned function puts them back. */
  begin(): () => void {
    const before = this.#live.map((entry) => [entry, entry.slot.get.call(this.#object)] as const);
    const dirty = this.#dirty && new Map(this.#dirty);
    return () => {
      for (const [entry, value] of before) entry.slot.set.call(this.#object, value);
      this.#dirty = dirty;
    };
  }

  /** Writes what changed: one row a group, one more for each large value. */
  save(): void {
    const changed = new Set<GroupRow>();
    for (const [entry, bytes] of this.#dirty ?? []) {
      this.#saveOne(entry, bytes, changed);
      if (entry.group !== "" && this.#rowOf("").addGroup(entry.group)) changed.add(this.#rowOf(""));
    }
    for (const row of changed) row.write();
    this.#dirty = undefined;
  }

  #read(entry: FieldEntry): StoredValue | undefined {
    try {
      return this.#homeOf(entry)?.read(entry.key);
    } catch (cause) {
      throw unreadable(entry, "could not be read.", cause);
    }
  }

  #saveOne(entry: FieldEntry, bytes: number, changed: Set<GroupRow>): void {
    const row = this.#rowOf(entry.group);
    const value = entry.slot.get.call(this.#object);
    // A field set and set back in one turn is as the row has it.
    if (row.holds(entry, value)) return;
    for (const other of this.#rows) {
      if (other !== row && other.leave(entry.key)) changed.add(other);
    }
    if (row.put(entry, value, bytes > maxGroupedBytes)) changed.add(row);
  }

  /** Refuses a field that was a collection: its entries would lie there, and nobody see them. */
  #checkEntries(entry: FieldEntry): void {
    if (this.has(entry)) return;
    for (const _ of this.#kv.list({ prefix: entriesPrefix(entry.key), limit: 1 })) {
      throw unreadable(entry, "was a collection when it was stored. Give what it is now a `key` of its own.");
    }
  }

  /** The row that holds the field: its own group's, or that of the group it was declared in before. */
  #homeOf({ group, key }: FieldEntry): GroupRow | undefined {
    const own = this.#rowOf(group);
    if (own.has(key)) return own;
    const unnamed = this.#rowOf("");
    return [unnamed, ...[...unnamed.groups].map((other) => this.#rowOf(other))].find((row) => row.has(key));
  }

  #rowOf(group: string): GroupRow {
    const known = this.#rows.find((row) => row.group === group);
    if (known) return known;
    const row = new GroupRow(this.#kv, group);
    this.#rows.push(row);
    return row;
  }
}
