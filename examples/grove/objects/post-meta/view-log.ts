import type { SqlHelper } from "loom-do";

const maxRows = 50_000;
const trimEvery = 100;
const keptFor = 7 * 24 * 60 * 60_000;

/** One counted view. */
export interface View {
  /** How many views there were with this one. */
  readonly id: number;
  /** Unix milliseconds; never before that of an earlier view. */
  readonly timestamp: number;
}

/** The post's counted views, a row each, numbered without a gap: the newest is the count, and no other row keeps it. */
export class ViewLog {
  static readonly table = `CREATE TABLE IF NOT EXISTS view_log (
    id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, session_id TEXT
  )`;
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  get newest(): View | undefined {
    return this.#sql<View>`SELECT id, timestamp FROM view_log ORDER BY id DESC LIMIT 1`[0];
  }

  add({ id, timestamp }: View, sessionId: string): void {
    this.#sql`INSERT INTO view_log (id, timestamp, session_id) VALUES (${id}, ${timestamp}, ${sessionId})`;
    if (id % trimEvery === 0) this.#sql`DELETE FROM view_log WHERE id <= ${id - maxRows}`;
  }

  /** When the view with this number was, if it is still kept. */
  timeOf(id: number): number | undefined {
    return this.#sql<View>`SELECT id, timestamp FROM view_log WHERE id = ${id}`[0]?.timestamp;
  }

  /** Whose views came since then, the first first; of more than `limit` the newest. */
  sessionsSince(since: number, limit: number) {
    // Downwards from the newest: what is older than `since` is not read.
    return this.#sql<{ session: string; timestamp: number }>`
      SELECT session_id AS session, timestamp FROM view_log WHERE id >
        coalesce((SELECT id FROM view_log WHERE timestamp < ${since} ORDER BY id DESC LIMIT 1), 0)
      ORDER BY id DESC LIMIT ${limit}`.toReversed();
  }

  /** Forgets the views of more than a week ago, and those too many; whether any are left. */
  trim(newest: View): boolean {
    // By number: only what is deleted is read.
    const week = this.#sql<View>`
      SELECT id, timestamp FROM view_log WHERE timestamp >= ${Date.now() - keptFor} ORDER BY id LIMIT 1`[0];
    const first = Math.max(week?.id ?? newest.id + 1, newest.id - maxRows + 1);
    this.#sql.exec("DELETE FROM view_log WHERE id < ?", first);
    return week !== undefined;
  }
}
