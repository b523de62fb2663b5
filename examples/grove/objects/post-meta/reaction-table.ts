import type { SqlHelper } from "loom-do";
import type { Reactions, ReactionType } from "../../types.ts";
import type { MetaRecord } from "./meta-record.ts";

/** Who reacted how. */
export interface Reaction {
  readonly userId: string;
  readonly type: ReactionType;
}

/** The post's reactions: a row and the count of its kind are one change. */
export class ReactionTable {
  static readonly table = `CREATE TABLE IF NOT EXISTS reactions (
    user_id TEXT NOT NULL, reaction_type TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (user_id, reaction_type)
  ) WITHOUT ROWID`;
  readonly #sql: SqlHelper;
  readonly #meta: MetaRecord;

  constructor(sql: SqlHelper, meta: MetaRecord) {
    this.#sql = sql;
    this.#meta = meta;
  }

  /** False if it was there. */
  add({ userId, type }: Reaction): boolean {
    return this.#change(type, +1, () => {
      return this.#sql`INSERT INTO reactions VALUES (${userId}, ${type}, ${Date.now()}) ON CONFLICT DO NOTHING RETURNING 1`;
    });
  }

  /** False if there was none. */
  remove({ userId, type }: Reaction): boolean {
    return this.#change(type, -1, () => {
      return this.#sql`DELETE FROM reactions WHERE user_id = ${userId} AND reaction_type = ${type} RETURNING 1`;
    });
  }

  #change(type: ReactionType, by: 1 | -1, change: () => readonly unknown[]): boolean {
    return this.#sql.transaction(() => {
      if (change().length === 0) return false;
      this.#meta.setReactions(counted(this.#meta.value!.reactions, type, by));
      return true;
    });
  }
}

function counted({ likes, bookmarks }: Reactions, type: ReactionType, by: 1 | -1): Reactions {
  return type === "like" ? { likes: likes + by, bookmarks } : { likes, bookmarks: bookmarks + by };
}
