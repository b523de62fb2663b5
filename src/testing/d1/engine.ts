import { real } from "../node.ts";
import { sqlError } from "../sqlite.ts";
import { Disk } from "../storage/disk.ts";
import { MockSql } from "../storage/sql-storage.ts";
import { answeredValueOf, type SentValue, storedValueOf } from "./values.ts";

/** One statement with its values. */
export interface Query {
  readonly sql: string;
  readonly values: readonly SentValue[];
}

/** What a query answers. */
export interface Answer {
  readonly columns: string[];
  readonly rows: unknown[][];
  readonly meta: D1Meta & Record<string, unknown>;
}

/** The database behind the binding: each request is one transaction. */
export class Engine {
  readonly #disk = new Disk();
  readonly #sql = new MockSql(this.#disk, () => true);
  #requests = 0;

  /** Where the database stands: a later bookmark sorts after an earlier one. */
  get bookmark(): string {
    const part = (value: number) => value.toString(16).padStart(8, "0");
    return `${part(0)}-${part(this.#requests)}-${part(0)}-${"0".repeat(32)}`;
  }

  /** Runs all of `queries`, or none. */
  run(queries: readonly Query[]): Answer[] {
    const wanted = queries.filter(({ sql }) => sql.replace(/^\s+--.*/gm, "").trim() !== "");
    if (wanted.length === 0) throw new Error("No SQL statements detected.");
    this.#requests += 1;
    return this.transaction(() => wanted.map((query) => this.#answer(query)));
  }

  /** Runs `script`, which may be many statements. */
  exec(script: string): void {
    this.#sql.exec(script);
  }

  /** Keeps everything that `work` writes, or nothing. */
  transaction<Result>(work: () => Result): Result {
    const failures: unknown[] = [];
    this.#disk.take({ committed() {}, release() {}, fail: (error) => failures.push(error) });
    this.#disk.hold();
    try {
      const result = work();
      this.#disk.commit();
      if (failures.length > 0) throw sqlError(failures[0]);
      return result;
    } catch (error) {
      this.#disk.rollback();
      throw error;
    }
  }

  #answer({ sql, values }: Query): Answer {
    const [changes, size, started] = [this.#count("total_changes()"), this.#sql.databaseSize, real.now()];
    const lastRow = this.#count("last_insert_rowid()");
    const cursor = this.#sql.exec(sql, ...values.map(storedValueOf));
    const rows = [...cursor.raw()].map((row) => row.map(answeredValueOf));
    const counted = {
      changes: this.#count("total_changes()") - changes,
      last_row_id: this.#count("last_insert_rowid()"),
      size_after: this.#sql.databaseSize,
    };
    const hasChanged = counted.changes > 0 || counted.last_row_id !== lastRow || counted.size_after !== size;
    const read = { rows_read: cursor.rowsRead, rows_written: cursor.rowsWritten };
    const meta = { ...served(real.now() - started), ...counted, ...read, changed_db: hasChanged };
    return { columns: cursor.columnNames, rows, meta };
  }

  #count(expression: string): number {
    return this.#disk.database.value(`SELECT ${expression}`) as number;
  }
}

function served(duration: number) {
  const timings = { sql_duration_ms: duration };
  return { served_by: "loom-do/testing", served_by_primary: true, total_attempts: 1, timings, duration };
}
