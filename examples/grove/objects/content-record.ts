import { isLoomError, type JsonStore, LOOM_ERRORS, LoomError, LoomResponse } from "loom-do";
import type { PostContent } from "../types.ts";

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

  get value(): PostContent | undefined {
    return this.#table.get<PostContent>(key);
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
      const isTooLarge = isLoomError(cause) && cause.code === LOOM_ERRORS.NOT_STORABLE.code;
      throw isTooLarge ? new LoomError(LOOM_ERRORS.TOO_LARGE, { cause }) : cause;
    }
  }
}
