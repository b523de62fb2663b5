import type { Effect, Operation, Place } from "../operation.ts";

type Statement = (db: D1Database, place: Place) => D1PreparedStatement;

interface Target {
  readonly name: string;
  readonly table?: string;
}

/** An operation that is one statement, which reads. */
export function reading(name: string, statement: Statement): Operation {
  const run = async (db: D1Database, place: Place) => {
    const { results } = await statement(db, place).all();
    return { rowsAffected: results.length };
  };
  return { name, needs: ["DB"], run: ({ DB }, place) => run(DB, place) };
}

/** An operation that is some statements, all of which are done or none, and which write. */
export function writing(target: Target, statements: (...given: Parameters<Statement>) => D1PreparedStatement[]) {
  const run = async (db: D1Database, place: Place): Promise<Effect> => {
    const done = await db.batch(statements(db, place));
    return { rowsAffected: done.reduce((sum, { meta }) => sum + meta.changes, 0) };
  };
  return { ...target, needs: ["DB"], run: ({ DB }, place) => run(DB, place) } satisfies Operation;
}
