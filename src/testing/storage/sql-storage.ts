import { type Rows, sqlError } from "../sqlite.ts";
import { isEmpty, parametersOf, statementsOf } from "../statements.ts";
import { bindingOf } from "./bindings.ts";
import { Cursor } from "./cursor.ts";
import type { Disk } from "./disk.ts";
import { checkStatement, isRead } from "./rules.ts";

const pageSize = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";

/** `ctx.storage.sql` over a disk. */
export class MockSql {
  readonly #disk: Disk;
  readonly #counts: () => boolean;
  readonly Cursor = Cursor;

  constructor(disk: Disk, counts: () => boolean) {
    this.#disk = disk;
    this.#counts = counts;
  }

  /** Runs the statements of `query`; the last one has the bindings and answers. */
  exec(query: string, ...bindings: unknown[]): Cursor {
    const statements = statementsOf(String(query));
    const last = statements.pop() ?? "";
    const values = bindings.map(bindingOf);
    for (const statement of statements) this.#runUnbound(statement);
    if (isEmpty(last)) throw new Error("SQL code did not contain a statement.");
    checkStatement(last, (name) => this.#hasTable(name));
    if (parametersOf(last).length !== values.length) {
      this.#prepareOnly(last);
      throw new Error("Wrong number of parameter bindings for SQL query.");
    }
    return new Cursor(this.#run(last, values));
  }

  get databaseSize(): number {
    this.#counts();
    return this.#disk.database.value(pageSize) as number;
  }

  #runUnbound(statement: string): void {
    if (isEmpty(statement)) throw new Error("SQL code did not contain a statement.");
    checkStatement(statement, (name) => this.#hasTable(name));
    if (parametersOf(statement).length > 0) {
      const problem = "When executing multiple SQL statements in a single call, only the last statement can have";
      throw new Error(`${problem} parameters.`);
    }
    this.#run(statement, []);
  }

  #run(statement: string, values: Parameters<Disk["database"]["run"]>[1]): Rows {
    const counts = this.#counts();
    if (!isRead(statement)) {
      if (!counts) return { columns: [], rows: [], changes: 0 };
      this.#disk.touch();
    }
    try {
      return this.#disk.database.run(statement, values);
    } catch (error) {
      throw sqlError(error);
    }
  }

  #hasTable(name: string): boolean {
    return this.#disk.database.value("SELECT 1 FROM sqlite_schema WHERE name = ?", name) !== undefined;
  }

  /** A statement that cannot even be compiled says so first. */
  #prepareOnly(statement: string): void {
    try {
      this.#disk.database.run(`EXPLAIN ${statement}`);
    } catch (error) {
      throw sqlError(error);
    }
  }
}
