import type { SqlHelper } from "loom-do";
import type { AddedNotification } from "../../types.ts";

const day = 86_400_000;

/** What became of calls that named themselves, so that a repeated one counts once: for a day. */
export class SeenCalls {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  find(key: string): AddedNotification | undefined {
    const query = "SELECT id, aggregated FROM seen WHERE dedupe_key = ?";
    const row = this.#sql.queryOne<{ id: string; aggregated: number }>(query, key);
    return row ? { id: row.id, aggregated: row.aggregated === 1 } : undefined;
  }

  add(key: string, { id, aggregated }: AddedNotification, now = Date.now()): void {
    this.#sql.exec("INSERT INTO seen VALUES (?, ?, ?, ?)", key, id, aggregated, now);
  }

  prune(now = Date.now()): void {
    this.#sql.exec("DELETE FROM seen WHERE at < ?", now - day);
  }
}
