import { type JsonStore, LoomError, type SqlHelper } from "loom-do";
import type { Comment } from "../../types.ts";
import { notSaved, tooFast } from "./errors.ts";
import type { Draft } from "./schemas.ts";

const columns = "id, user_id AS userId, content, parent_id AS parentId, created_at AS createdAt";
const savedKey = "comments-saved-until";
const maxPending = 5_000;
const kept = 1_000;
const minute = 60_000;
const perMinute = 30;
// JSON may take six bytes a character, and a parameter of D1 at most 2 MB.
const perFlush = 50;

/**
 * The post's newest comments: on their way to D1, and for who reads them.
 *
 * Each has a time of its own, later than those before. What D1 has is one of these times, in one row: a mark on each
 * comment would cost a row each.
 */
export class CommentBuffer {
  static readonly table = `CREATE TABLE IF NOT EXISTS comments_buffer (
    created_at INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, content TEXT NOT NULL, parent_id TEXT
  );`;
  readonly #sql: SqlHelper;
  readonly #store: JsonStore;

  constructor(sql: SqlHelper, store: JsonStore) {
    this.#sql = sql;
    this.#store = store;
  }

  find(id: string): Comment | undefined {
    return this.#sql.queryOne<Comment>(`SELECT ${columns} FROM comments_buffer WHERE id = ?`, id) ?? undefined;
  }

  /** The newest comments, the newest first. */
  newest(limit: number): Comment[] {
    return this.#sql.queryAll(`SELECT ${columns} FROM comments_buffer ORDER BY created_at DESC LIMIT ?`, limit);
  }

  /** The oldest comments that D1 does not have, as many as go there at once. */
  get pending(): Comment[] {
    const query = `SELECT ${columns} FROM comments_buffer WHERE created_at > ? ORDER BY created_at LIMIT ?`;
    return this.#sql.queryAll(query, this.#saved, perFlush);
  }

  /** Notes that D1 has these, which were pending, and lets go of what it has but for the newest thousand. */
  markSaved(comments: readonly Comment[]): void {
    const saved = comments.at(-1)!.createdAt;
    this.#store.set(savedKey, saved);
    this.#sql`DELETE FROM comments_buffer WHERE created_at <= min(${saved},
      (SELECT created_at FROM comments_buffer ORDER BY created_at DESC LIMIT 1 OFFSET ${kept}))`;
  }

  /** Keeps a comment; throws if its user is too fast, or too many wait for D1. */
  add({ id, userId, content, parentId }: Draft): Comment {
    if (this.#countSince(Date.now() - minute, userId) >= perMinute) throw new LoomError(tooFast);
    if (this.#countSince(this.#saved) >= maxPending) throw new LoomError(notSaved);
    const createdAt = Math.max(Date.now(), (this.newest(1)[0]?.createdAt ?? 0) + 1);
    this.#sql.exec("INSERT INTO comments_buffer VALUES (?, ?, ?, ?, ?)", createdAt, id, userId, content, parentId);
    return { id, userId, content, parentId, createdAt };
  }

  /** The time of the newest comment that D1 has. */
  get #saved(): number {
    return this.#store.get(savedKey) ?? 0;
  }

  #countSince(time: number, userId?: string): number {
    const [whose, bindings] = userId === undefined ? ["", [time]] : [" AND user_id = ?", [time, userId]];
    const query = `SELECT count(*) AS count FROM comments_buffer WHERE created_at > ?${whose}`;
    return this.#sql.queryOne<{ count: number }>(query, ...bindings)!.count;
  }
}
