import type { SqlHelper } from "loom-do";

/** How many rows a table has: counted once a wake, for a count reads them all, and kept up by whoever changes them. */
export class RowCount {
  readonly #sql: SqlHelper;
  readonly #table: string;
  #rows: number | undefined;

  constructor(sql: SqlHelper, table: string) {
    this.#sql = sql;
    this.#table = table;
  }

  get value(): number {
    const query = `SELECT count(*) AS n FROM ${this.#table}`;
    return (this.#rows ??= this.#sql.queryOne<{ n: number }>(query)!.n);
  }

  /** Rows have come, or gone. */
  change(by: number): void {
    if (this.#rows !== undefined) this.#rows += by;
  }

  /** Nobody knows how many have come or gone. */
  forget(): void {
    this.#rows = undefined;
  }
}
