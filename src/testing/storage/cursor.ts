import type { CellValue, Rows } from "../sqlite.ts";

type Row = Record<string, CellValue>;

/** What a statement answered, read once from the first row to the last. */
export class Cursor {
  readonly #rows: Rows["rows"];
  readonly #columns: readonly string[];
  #at = 0;
  /** At least what the platform counts: rows that a scan passed over are not known here. */
  readonly rowsRead: number;
  /** At least what the platform counts, which has indexes in it. */
  readonly rowsWritten: number;

  constructor({ rows, columns, changes }: Rows) {
    this.#rows = rows;
    this.#columns = columns;
    this.rowsRead = rows.length;
    this.rowsWritten = changes;
  }

  get columnNames(): string[] {
    return [...this.#columns];
  }

  next(): IteratorResult<Row, undefined> {
    const row = this.#take();
    return row ? { done: false, value: this.#named(row) } : { done: true, value: undefined };
  }

  toArray(): Row[] {
    return [...this];
  }

  one(): Row {
    const [row, ...others] = this.toArray();
    if (!row) throw new Error("Expected exactly one result from SQL query, but got no results.");
    if (others.length > 0) throw new Error("Expected exactly one result from SQL query, but got multiple results.");
    return row;
  }

  *raw(): IterableIterator<CellValue[]> {
    for (let row = this.#take(); row; row = this.#take()) yield [...row];
  }

  *[Symbol.iterator](): IterableIterator<Row> {
    for (let row = this.#take(); row; row = this.#take()) yield this.#named(row);
  }

  #take(): readonly CellValue[] | undefined {
    return this.#rows[this.#at++];
  }

  #named(row: readonly CellValue[]): Row {
    return Object.fromEntries(this.#columns.map((name, index) => [name, row[index]!]));
  }
}
