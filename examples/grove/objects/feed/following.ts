import { LoomError, type SqlHelper } from "loom-do";
import { RowCount } from "../../row-count.ts";
import { FEED_ERRORS } from "./errors.ts";

const mostFollows = 10_000;

/** Whom a reader follows. */
export class Following {
  readonly #sql: SqlHelper;
  readonly #count: RowCount;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
    this.#count = new RowCount(sql, "following");
  }

  get size(): number {
    return this.#count.value;
  }

  has(authorId: string): boolean {
    return this.#sql.queryOne("SELECT 1 FROM following WHERE user_id = ?", authorId) !== null;
  }

  /** Follows an author; false if that was so. */
  add(authorId: string): boolean {
    if (this.has(authorId)) return false;
    if (this.size >= mostFollows) throw new LoomError(FEED_ERRORS.FOLLOW_LIMIT);
    this.#sql.exec("INSERT INTO following VALUES (?, ?)", authorId, Date.now());
    this.#count.change(1);
    return true;
  }

  /** Follows an author no more; false if it was not followed. */
  delete(authorId: string): boolean {
    if (!this.has(authorId)) return false;
    this.#sql.exec("DELETE FROM following WHERE user_id = ?", authorId);
    this.#count.change(-1);
    return true;
  }

  /** Replaces all by `authors`, but for what is in `kept`: that stays as it is. */
  replace(authors: readonly string[], kept: ReadonlySet<string>): void {
    const [given, untouched] = [JSON.stringify(authors), JSON.stringify([...kept])];
    this.#sql.exec(
      `DELETE FROM following WHERE user_id NOT IN (SELECT value FROM json_each(?))
         AND user_id NOT IN (SELECT value FROM json_each(?))`,
      ...[given, untouched],
    );
    this.#sql.exec(
      `INSERT INTO following SELECT value, ? FROM json_each(?)
       WHERE value NOT IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING`,
      ...[Date.now(), given, untouched],
    );
    this.#count.forget();
  }
}
