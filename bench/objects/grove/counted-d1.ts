import type { Usage } from "./usage.ts";

/** `db`, as far as Grove uses it, with its statements and rows counted. */
export function countedD1(db: D1Database, usage: Usage): D1Database {
  const database = {
    prepare: (query: string) => new Statement(db.prepare(query), { query, usage }),
    async batch(statements: readonly Statement[]) {
      const results = await db.batch(statements.map(({ own }) => own));
      for (const [at, { meta }] of results.entries()) usage.statement(statements[at]!.counting.query, meta);
      return results;
    },
  };
  return database as unknown as D1Database; // what Grove does not call is left out
}

interface Counting {
  readonly query: string;
  readonly usage: Usage;
}

class Statement {
  readonly own: D1PreparedStatement;
  readonly counting: Counting;

  constructor(own: D1PreparedStatement, counting: Counting) {
    this.own = own;
    this.counting = counting;
  }

  bind(...values: unknown[]): Statement {
    return new Statement(this.own.bind(...values), this.counting);
  }

  async all<Row>(): Promise<D1Result<Row>> {
    const result = await this.own.all<Row>();
    this.counting.usage.statement(this.counting.query, result.meta);
    return result;
  }

  run<Row>(): Promise<D1Result<Row>> {
    return this.all<Row>();
  }

  // The platform's own `first` asks for all rows too, and gives no counts.
  async first<Row>(): Promise<Row | null> {
    return (await this.all<Row>()).results[0] ?? null;
  }
}
