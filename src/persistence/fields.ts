import { type FieldEntry, prepare, revive } from "./field.ts";
import { apartKey, type GroupRow, newRow, place, readRows, writeRow } from "./group-row.ts";
import { isSameData } from "./equal.ts";
import type { Turn } from "./turn.ts";

// Small fields share a row, so that three changes cost one; a large one would be rewritten with each of them.
const maxGroupedBytes = 8 * 1024;

/** The persisted fields of one object: restores them on wake, saves what a turn changed. */
export class Fields {
  readonly #object: object;
  readonly #kv: SyncKvStorage;
  readonly #turn: Turn;
  #rows: Map<string, GroupRow> | undefined;
  readonly #live: FieldEntry[] = [];
  #dirty = new Map<FieldEntry, number>();

  constructor(object: object, kv: SyncKvStorage, turn: Turn) {
    this.#object = object;
    this.#kv = kv;
    this.#turn = turn;
  }

  /** The field's first value: what is stored, else what the class declares. Throws when it cannot be read. */
  restore(entry: FieldEntry, initial: unknown): unknown {
    this.#live.push(entry);
    const row = this.#homeOf(entry);
    if (!row) return prepare(entry, initial).value;
    const { key } = entry;
    const stored = row.apart.has(key) ? this.#kv.get(apartKey(key)) : row.values.get(key);
    return revive(entry, stored, row.versions.get(key) ?? 1).value;
  }

  /** Keeps `next` and marks the field changed, unless it is what the field holds already. */
  assign(entry: FieldEntry, next: unknown): void {
    const { value, bytes } = prepare(entry, next);
    if (isSameData(entry.slot.get.call(this.#object), value)) return;
    entry.slot.set.call(this.#object, value);
    this.#dirty.set(entry, bytes);
    this.#turn.change(this);
  }

  /** Remembers every field's value; the returned function puts them back. */
  begin(): () => void {
    const before = this.#live.map((entry) => [entry, entry.slot.get.call(this.#object)] as const);
    const dirty = new Map(this.#dirty);
    return () => {
      for (const [entry, value] of before) entry.slot.set.call(this.#object, value);
      this.#dirty = dirty;
    };
  }

  /** Writes what changed: one row a group, one more for each large value. */
  save(): void {
    const changed = new Set<string>();
    for (const [entry, bytes] of this.#dirty) this.#saveOne(entry, bytes, changed);
    for (const group of changed) writeRow(this.#kv, group, this.#all().get(group)!);
    this.#dirty.clear();
  }

  #saveOne(entry: FieldEntry, bytes: number, changed: Set<string>): void {
    const row = this.#rowOf(entry.group);
    const value = entry.slot.get.call(this.#object);
    const isApart = bytes > maxGroupedBytes;
    // A change that was rolled back leaves the field as the row has it.
    if (!isApart && row.values.has(entry.key) && row.values.get(entry.key) === value) return;
    for (const group of this.#leaveOthers(entry)) changed.add(group);
    if (isApart) this.#kv.put(apartKey(entry.key), value);
    else if (row.apart.has(entry.key)) this.#kv.delete(apartKey(entry.key));
    if (place(row, entry, value, isApart)) changed.add(entry.group);
  }

  /** The row that holds the field: its own group's, or the one it was declared in before. */
  #homeOf({ group, key }: FieldEntry): GroupRow | undefined {
    const holds = (row: GroupRow | undefined) => row !== undefined && (row.values.has(key) || row.apart.has(key));
    const own = this.#all().get(group);
    return holds(own) ? own : [...this.#all().values()].find(holds);
  }

  #leaveOthers({ group, key }: FieldEntry): string[] {
    const others = [...this.#all()].filter(([name]) => name !== group);
    return others.filter(([, row]) => row.values.delete(key) || row.apart.delete(key)).map(([name]) => name);
  }

  #rowOf(group: string): GroupRow {
    const row = this.#all().get(group) ?? newRow();
    this.#all().set(group, row);
    return row;
  }

  #all(): Map<string, GroupRow> {
    return (this.#rows ??= readRows(this.#kv));
  }
}
