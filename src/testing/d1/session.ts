import { begin, type MockBindingOptions } from "../bindings.ts";
import type { Answer, Engine, Query } from "./engine.ts";
import { MockD1Statement } from "./statement.ts";

/** What a database and its sessions ask the engine through. */
export class MockD1Session implements D1DatabaseSession {
  readonly #engine: Engine;
  readonly #options: MockBindingOptions;
  #bookmark: string | null;

  /** Without a bookmark it remembers none. */
  constructor(engine: Engine, options: MockBindingOptions, bookmark: string | null = null) {
    this.#engine = engine;
    this.#options = options;
    this.#bookmark = bookmark;
  }

  prepare(query: string): MockD1Statement {
    return new MockD1Statement(this, query);
  }

  async batch<Row = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> {
    // Only this kit's statements know what they are.
    const queries = (statements as MockD1Statement[]).map((each) => each.query);
    const answers = await this.ask("batch", queries);
    return answers.map((answer) => resultOf<Row>(answer));
  }

  getBookmark(): string | null {
    return this.#bookmark?.startsWith("first-") ? null : this.#bookmark;
  }

  /** Runs `queries` in one transaction, for the method `operation`. */
  async ask(operation: string, queries: readonly Query[]): Promise<Answer[]> {
    await begin(this.#options, operation, queries.map(({ sql }) => sql).join("\n"));
    try {
      const answers = this.#engine.run(queries);
      if (this.#bookmark !== null) this.#bookmark = this.#engine.bookmark;
      return answers;
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`D1_ERROR: ${message}`, { cause: new Error(message) });
    }
  }
}

/** `answer` with its rows as objects. */
export function resultOf<Row>({ columns, rows, meta }: Answer): D1Result<Row> {
  const named = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  return { success: true, meta, results: named as Row[] }; // the caller says what its rows are
}
