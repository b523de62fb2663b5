import type { SqlHelper } from "loom-do";

const capacity = 10_000;

/** A mail that is about to be tried. */
export interface Lease {
  readonly bufferId: string;
  /** Tries, this one included. */
  readonly attempts: number;
}

/** The mails to triage, by their rows in the buffer; one that is tried stays until it is removed. */
export class MailQueue {
  static readonly schema = `
    CREATE TABLE IF NOT EXISTS queue (
      buffer_id TEXT PRIMARY KEY, attempts INTEGER NOT NULL, not_before INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS queue_due ON queue (not_before);
  `;

  readonly #sql: SqlHelper;
  /** Counted once a wake: a count reads every row. */
  #length: number | undefined;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  get length(): number {
    this.#length ??= this.#sql<{ length: number }>`SELECT count(*) AS length FROM queue`[0]!.length;
    return this.#length;
  }

  /** When the next mail is due, Unix milliseconds; null when there is none. */
  get nextTime(): number | null {
    return this.#sql<{ time: number | null }>`SELECT min(not_before) AS time FROM queue`[0]!.time;
  }

  /** Adds a mail unless it is there already; false when there is no room for it. */
  add(bufferId: string): boolean {
    const { length } = this;
    if (this.#sql.queryOne("SELECT 1 FROM queue WHERE buffer_id = ?", bufferId)) return true;
    if (length >= capacity) return false;
    this.#sql`INSERT INTO queue (buffer_id, attempts, not_before) VALUES (${bufferId}, 0, ${Date.now()})`;
    this.#length = length + 1;
    return true;
  }

  /**
   * The first `count` mails that are due.
   *
   * Each try is counted, and the next put off (10 s, 40 s, and so on), before it begins: also a crash ends one.
   */
  take(count: number): Lease[] {
    const now = Date.now();
    return this.#sql<{ buffer_id: string; attempts: number }>`
      UPDATE queue SET attempts = attempts + 1, not_before = ${now} + (10000 << (2 * min(attempts, 4)))
      WHERE buffer_id IN (SELECT buffer_id FROM queue WHERE not_before <= ${now} ORDER BY not_before LIMIT ${count})
      RETURNING buffer_id, attempts
    `.map(({ buffer_id, attempts }) => ({ bufferId: buffer_id, attempts }));
  }

  remove(bufferId: string): void {
    const { length } = this;
    this.#sql`DELETE FROM queue WHERE buffer_id = ${bufferId}`;
    this.#length = length - 1;
  }
}
