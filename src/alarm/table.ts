import { nameOf } from "./key.ts";
import type { AlarmRow } from "./target.ts";

// No index: it would make every schedule a row dearer. What is asked by key alone is kept in memory.
const ddl =
  "CREATE TABLE loom_alarms (due INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, payload TEXT, " +
  "attempt INTEGER NOT NULL, strikes INTEGER NOT NULL, first INTEGER NOT NULL, spec TEXT, " +
  "PRIMARY KEY (due, key)) WITHOUT ROWID";
const columns = "due, key, payload, attempt, strikes, first, spec";

// A list that is bound as JSON: a statement takes so many values.
const listed = "(SELECT value FROM json_each(?))";

/** When a row is due, without its payload. */
export type RowTime = Pick<AlarmRow, "key" | "due" | "strikes">;

/** The rows that are left out. */
export interface Without {
  readonly names: readonly string[];
  readonly keys: readonly string[];
}

/** The rows that are looked for. */
interface Span {
  readonly from: number;
  readonly until: number;
  readonly limit: number;
  readonly without?: Iterable<string>;
}

/** The table of alarms: made by the first row, never by a read. */
export class AlarmTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Adds `row`; returns whether it had to make the table. */
  add(row: AlarmRow): boolean {
    const { key, due, payload, attempt, strikes, first, spec } = row;
    const values = [due, key, nameOf(key), payload, attempt, strikes, first, spec];
    const statement = "INSERT INTO loom_alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    if (this.#try(statement, values)) return false;
    this.#sql.exec(ddl);
    this.#sql.exec(statement, ...values);
    return true;
  }

  /** Makes the row that is due at `from` the given one: one row written, a delete and an insert were two. */
  replace(from: number, row: AlarmRow): boolean {
    const { key, due, payload, attempt, strikes, first, spec } = row;
    const set = "due = ?, payload = ?, attempt = ?, strikes = ?, first = ?, spec = ?";
    const values = [due, payload, attempt, strikes, first, spec, from, key];
    return this.#changed(`UPDATE loom_alarms SET ${set} WHERE due = ? AND key = ?`, values);
  }

  remove(due: number, key: string): boolean {
    return this.#changed("DELETE FROM loom_alarms WHERE due = ? AND key = ?", [due, key]);
  }

  at(due: number, key: string): AlarmRow | undefined {
    return this.#read(`SELECT ${columns} FROM loom_alarms WHERE due = ? AND key = ?`, [due, key])[0];
  }

  /** When the earliest row is due, those of the names and keys `without` left out. */
  earliest({ names, keys }: Without = { names: [], keys: [] }): number | undefined {
    const where = `WHERE name NOT IN ${listed} AND key NOT IN ${listed}`;
    return this.#due(where, [JSON.stringify(names), JSON.stringify(keys)]);
  }

  /** When the first row is due that is due after `after`. */
  firstAfter(after: number): number | undefined {
    return this.#due("WHERE due > ?", [after]);
  }

  /** Of each name the first row that is due after `after` and up to `until`. */
  firstOfEach(after: number, until: number): AlarmRow[] {
    // With min() the other columns are those of the row that has it (sqlite.org/lang_select.html#bareagg).
    const query = `SELECT ${columns}, min(due) FROM loom_alarms WHERE due > ? AND due <= ? GROUP BY name ORDER BY due`;
    return this.#read(query, [after, until]);
  }

  /** The first rows of `name` that are due in `span`, those of the keys `without` left out. */
  firstOf(name: string, { from, until, limit, without = [] }: Span): RowTime[] {
    const where = `WHERE name = ? AND due >= ? AND due <= ? AND key NOT IN ${listed}`;
    const values = [name, from, until, JSON.stringify([...without]), limit];
    const query = `SELECT due, key, strikes FROM loom_alarms ${where} ORDER BY due, key LIMIT ?`;
    return (this.#try(query, values)?.toArray() ?? []) as unknown as RowTime[]; // the columns are those of the table
  }

  /** When `key` is due: reads the whole table. */
  dueOf(key: string): number | undefined {
    return this.#due("WHERE key = ?", [key]);
  }

  /** When each key is due, one by one. */
  *dues(): Generator<readonly [key: string, due: number]> {
    const rows = this.#try("SELECT key, due FROM loom_alarms", [])?.raw() ?? [];
    yield* rows as Iterable<readonly [string, number]>;
  }

  /** The first `limit` rows of `name`; of all the user's alarms without it. */
  list(limit: number, name?: string): AlarmRow[] {
    const where = name === undefined ? "name NOT GLOB 'loom:*'" : "name = ?";
    const values = name === undefined ? [limit] : [name, limit];
    return this.#read(`SELECT ${columns} FROM loom_alarms WHERE ${where} ORDER BY due, key LIMIT ?`, values);
  }

  #due(where: string, values: readonly SqlStorageValue[]): number | undefined {
    const query = `SELECT due FROM loom_alarms ${where} ORDER BY due, key LIMIT 1`;
    return this.#try(query, values)?.toArray()[0]?.["due"] as number | undefined; // an INTEGER NOT NULL
  }

  #read(query: string, values: readonly SqlStorageValue[]): AlarmRow[] {
    // The columns are those of the table above.
    return (this.#try(query, values)?.toArray() ?? []) as unknown as AlarmRow[];
  }

  #changed(query: string, values: readonly SqlStorageValue[]): boolean {
    return (this.#try(query, values)?.rowsWritten ?? 0) > 0;
  }

  #try(query: string, values: readonly SqlStorageValue[]) {
    return execIfThere(this.#sql, query, values);
  }
}

/** Undefined when there is no table of alarms: none was made yet, or a deleteAll took it. */
export function execIfThere(sql: SqlStorage, query: string, values: readonly SqlStorageValue[]) {
  try {
    return sql.exec(query, ...values);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no such table: loom_alarm")) return undefined;
    throw error;
  }
}
