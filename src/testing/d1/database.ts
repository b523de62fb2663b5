import { begin, type MockBindingOptions } from "../bindings.ts";
import { Engine } from "./engine.ts";
import { migrate } from "./migrations.ts";
import { MockD1Session } from "./session.ts";

/** What a database is made with. */
export interface MockD1Options extends MockBindingOptions {
  /** What makes the tables: a directory of `.sql` files, run in the order of their names, or the SQL itself. */
  readonly migrations?: string;
}

/**
 * A D1 database in memory: real SQLite with D1's rules, answers and errors.
 *
 * @example
 * ```ts
 * const env = { DB: createMockD1({ migrations: "migrations" }) };
 * await env.DB.prepare("INSERT INTO posts (title) VALUES (?)").bind("Hello").run();
 * ```
 */
export function createMockD1(options: MockD1Options = {}): D1Database {
  const engine = new Engine();
  if (options.migrations !== undefined) migrate(engine, options.migrations);
  return new MockD1(engine, options);
}

class MockD1 implements D1Database {
  readonly #engine: Engine;
  readonly #options: MockD1Options;
  readonly #session: MockD1Session;

  constructor(engine: Engine, options: MockD1Options) {
    this.#engine = engine;
    this.#options = options;
    this.#session = new MockD1Session(engine, options);
  }

  prepare(query: string): D1PreparedStatement {
    return this.#session.prepare(query);
  }

  batch<Row = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> {
    return this.#session.batch(statements);
  }

  /** Runs each line of `query` as statements of its own, as D1 does. */
  async exec(query: string): Promise<D1ExecResult> {
    const lines = query.trim().split("\n");
    await begin(this.#options, "exec", query);
    try {
      const answers = this.#engine.run(lines.map((sql) => ({ sql, values: [] })));
      return { count: answers.length, duration: answers.reduce((sum, { meta }) => sum + meta.duration, 0) };
    } catch (error) {
      const message = `Error in line 1: ${lines[0]}: ${(error as Error).message}`;
      throw new Error(`D1_EXEC_ERROR: ${message}`, { cause: new Error(message) });
    }
  }

  withSession(constraintOrBookmark?: string): D1DatabaseSession {
    return new MockD1Session(this.#engine, this.#options, constraintOrBookmark?.trim() || "first-unconstrained");
  }

  async dump(): Promise<ArrayBuffer> {
    throw new Error("D1_DUMP_ERROR: Status + 404", { cause: new Error("Status 404") });
  }
}
