import type { SqlHelper } from "loom-do";
import { RowCount } from "../../row-count.ts";
import type { AddedNotification } from "../../types.ts";

const day = 86_400_000;
const keptCalls = 10_000;
const mostCalls = 11_000;

/** What became of calls that named themselves, so that a repeated one counts once: for a day, of the newest 10,000. */
export class SeenCalls {
  readonly #sql: SqlHelper;
  readonly #count: RowCount;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
    this.#count = new RowCount(sql, "seen");
  }

  find(key: string): AddedNotification | undefined {
    const query = "SELECT id, aggregated FROM seen WHERE dedupe_key = ?";
    const row = this.#sql.queryOne<{ id: string; aggregated: number }>(query, key);
    return row ? { id: row.id, aggregated: row.aggregated === 1 } : undefined;
  }

  add(key: string, { id, aggregated }: AddedNotification, now = Date.now()): void {
    this.#sql.exec("INSERT INTO seen VALUES (?, ?, ?, ?)", key, id, aggregated, now);
    this.#count.change(1);
    if (this.#count.value > mostCalls) this.prune(now);
  }

  prune(now = Date.now()): void {
    this.#sql.exec("DELETE FROM seen WHERE at < ?", now - day);
    this.#sql.exec(
      `DELETE FROM seen WHERE dedupe_key IN
         (SELECT dedupe_key FROM seen ORDER BY at DESC, dedupe_key LIMIT -1 OFFSET ?)`,
      keptCalls,
    );
    this.#count.forget();
  }
}
