import { RowCount } from "../counted.ts";

const nothing = {
  /** Requests to objects: calls over RPC and alarms. */
  requests: 0,
  /** How long those took. */
  seconds: 0,
  /** Rows of the objects' own SQLite. */
  rowsRead: 0,
  rowsWritten: 0,
  /** Statements of D1. */
  d1Reads: 0,
  d1Writes: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
};

/** What the objects of a class, or a Worker, have used. */
export type Used = Readonly<typeof nothing>;

/** Counts what one class of objects, or a Worker, uses. */
export class Usage {
  readonly rows = new RowCount();
  readonly #counts = { ...nothing };

  get used(): Used {
    return { ...this.#counts, rowsRead: this.rows.read, rowsWritten: this.rows.written };
  }

  /** Does what a request to an object asks for. */
  async request<Result>(work: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.#counts.requests += 1;
      this.#counts.seconds += (performance.now() - started) / 1000;
    }
  }

  /** A statement that D1 has run. */
  statement(query: string, { rows_read, rows_written }: D1Meta): void {
    this.#counts[/^\s*SELECT/i.test(query) ? "d1Reads" : "d1Writes"] += 1;
    this.#counts.d1RowsRead += rows_read;
    this.#counts.d1RowsWritten += rows_written;
  }
}
