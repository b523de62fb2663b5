import { LoomError, type SqlHelper } from "loom-do";
import type { Toggled } from "../../types.ts";
import { tooManyTypes } from "./errors.ts";

const maxTypes = 20;

/** How often the post has one kind of reaction. */
export interface ReactionCount {
  readonly type: string;
  readonly count: number;
}

/** Who reacted how: each row and the count of its kind are one change. */
export class Reactions {
  static readonly tables = `
    CREATE TABLE IF NOT EXISTS reactions (
      user_id TEXT NOT NULL, reaction_type TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (user_id, reaction_type)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS reaction_counts (
      reaction_type TEXT PRIMARY KEY, count INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;`;
  readonly #sql: SqlHelper;
  /** How often something changed in this wake. */
  changes = 0;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** Every kind that the post ever had: what nobody has any more is 0. */
  get counts(): ReactionCount[] {
    return this.#sql.queryAll("SELECT reaction_type AS type, count FROM reaction_counts ORDER BY reaction_type");
  }

  /** The kinds that somebody has. */
  get present(): Record<string, number> {
    const present = this.counts.filter(({ count }) => count > 0);
    return Object.fromEntries(present.map(({ type, count }) => [type, count]));
  }

  /** Takes the user's reaction back if it is there, else adds it. */
  toggle(userId: string, type: string): Toggled {
    this.changes += 1;
    return this.#sql.transaction(() => {
      const added = !this.#remove(userId, type);
      if (added) this.#add(userId, type);
      return { added, newCount: this.#count(type, added ? 1 : -1) };
    });
  }

  #remove(userId: string, type: string): boolean {
    const query = "DELETE FROM reactions WHERE user_id = ? AND reaction_type = ? RETURNING 1";
    return this.#sql.queryOne(query, userId, type) !== null;
  }

  #add(userId: string, type: string): void {
    const { counts } = this;
    if (counts.length >= maxTypes && !counts.some((known) => known.type === type)) {
      throw new LoomError(tooManyTypes);
    }
    this.#sql.exec("INSERT INTO reactions VALUES (?, ?, ?)", userId, type, Date.now());
  }

  #count(type: string, by: 1 | -1): number {
    const query = `INSERT INTO reaction_counts VALUES (?1, ?2)
      ON CONFLICT (reaction_type) DO UPDATE SET count = count + ?2 RETURNING count`;
    return this.#sql.queryOne<ReactionCount>(query, type, by)!.count;
  }
}
