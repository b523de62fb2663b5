import type { SqlHelper } from "loom-do";
import type { RecordedEvents } from "../../types.ts";

/** What became of each batch, so that one that comes again counts once. */
export class SeenBatches {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  find(id: string): RecordedEvents | undefined {
    const query = "SELECT accepted, rejected FROM seen_batches WHERE batch_id = ?";
    return this.#sql.queryOne<RecordedEvents>(query, id) ?? undefined;
  }

  add(id: string, { accepted, rejected }: RecordedEvents): void {
    this.#sql.exec("INSERT INTO seen_batches VALUES (?, ?, ?, ?)", id, Date.now(), accepted, rejected);
  }
}
