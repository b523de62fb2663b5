import { isLoomError, type JsonStore, LOOM_ERRORS, LoomError, type LoomErrorDef, LoomResponse } from "loom-do";
import type { PostContent } from "../../types.ts";

const key = "post_content";

/** The one row that a post's content is kept in; nothing of it is held in memory. */
export class ContentRecord {
  readonly #table: JsonStore;
  #revision = 0;

  constructor(table: JsonStore) {
    this.#table = table;
  }

  /** Counts changes: who waited for something compares it before replacing the record. */
  get revision(): number {
    return this.#revision;
  }

  /** What is stored; a row that cannot be read counts as none, so that the next PUT replaces it. */
  get value(): PostContent | undefined {
    try {
      return this.#table.get<PostContent>(key);
    } catch (error) {
      if (isCode(error, LOOM_ERRORS.STORED_JSON_UNREADABLE)) return undefined; // the store has logged it
      throw error;
    }
  }

  /** The record; throws the 404 that every route answers without one. */
  find(): PostContent {
    const content = this.value;
    if (!content) throw LoomResponse.text("Content not found", 404);
    return content;
  }

  /** Replaces the record, or deletes it; throws a 413 for what is larger than a row. */
  replace(next: PostContent | undefined): void {
    try {
      if (next) this.#table.set(key, next);
      else this.#table.delete(key);
      this.#revision += 1;
    } catch (cause) {
      throw isCode(cause, LOOM_ERRORS.NOT_STORABLE) ? new LoomError(LOOM_ERRORS.TOO_LARGE, { cause }) : cause;
    }
  }
}

function isCode(error: unknown, { code }: LoomErrorDef): boolean {
  return isLoomError(error) && error.code === code;
}
