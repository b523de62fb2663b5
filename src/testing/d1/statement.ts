import type { Query } from "./engine.ts";
import { type MockD1Session, resultOf } from "./session.ts";
import { type SentValue, sentValueOf } from "./values.ts";

/** A prepared statement; `bind` makes another one. */
export class MockD1Statement implements D1PreparedStatement {
  readonly #session: MockD1Session;
  readonly query: Query;

  constructor(session: MockD1Session, sql: string, values: readonly SentValue[] = []) {
    this.#session = session;
    this.query = { sql, values };
  }

  bind(...values: unknown[]): MockD1Statement {
    return new MockD1Statement(this.#session, this.query.sql, values.map(sentValueOf));
  }

  async first<Value>(column?: string): Promise<Value | null> {
    const [row] = (await this.#ask<Record<string, unknown>>("first")).results;
    if (!row) return null;
    if (column === undefined) return row as Value; // the caller says what its rows are
    const value = row[column];
    if (value !== undefined) return value as Value;
    throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`, { cause: new Error("Column not found") });
  }

  run<Row>(): Promise<D1Result<Row>> {
    return this.#ask("run");
  }

  all<Row>(): Promise<D1Result<Row>> {
    return this.#ask("all");
  }

  raw<Row>(options: { columnNames: true }): Promise<[string[], ...Row[]]>;
  raw<Row>(options?: { columnNames?: false }): Promise<Row[]>;
  async raw(options?: { columnNames?: boolean }): Promise<unknown[]> {
    const [answer] = await this.#session.ask("raw", [this.query]);
    const { columns, rows } = answer!;
    return options?.columnNames ? [columns, ...rows] : rows;
  }

  async #ask<Row>(operation: string): Promise<D1Result<Row>> {
    const [answer] = await this.#session.ask(operation, [this.query]);
    return resultOf<Row>(answer!);
  }
}
