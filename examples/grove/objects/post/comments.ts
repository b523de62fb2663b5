import { type Cache, LoomError, type LoomLogger } from "loom-do";
import type { Comment } from "../../types.ts";
import type { CommentBuffer } from "./comment-buffer.ts";
import { notSaved, unknownParent } from "./errors.ts";
import type { PostInD1 } from "./post-in-d1.ts";
import type { Draft } from "./schemas.ts";

/** What the comments of a post are found with. */
export interface Sources {
  readonly buffer: CommentBuffer;
  readonly stored: PostInD1;
  readonly cache: Cache;
  readonly log: LoomLogger;
}

/** The post's comments, wherever they are. */
export class Comments {
  readonly #buffer: CommentBuffer;
  readonly #stored: PostInD1;
  readonly #cache: Cache;
  readonly #log: LoomLogger;

  constructor({ buffer, stored, cache, log }: Sources) {
    this.#buffer = buffer;
    this.#stored = stored;
    this.#cache = cache;
    this.#log = log;
  }

  /** The newest comments, the newest first; without those that only D1 has while it does not answer. */
  async recent(limit = 50): Promise<Comment[]> {
    const buffered = this.#buffer.newest(limit);
    // All that are newer than one in the buffer are there too.
    if (buffered.length === limit || !this.#stored.isBound) return buffered;
    const stored = await this.#newestStored().catch((cause: unknown) => {
      this.#log.errorWithCause("D1 did not give a post's comments.", cause);
      return [];
    });
    // What came meanwhile is there, too.
    const byId = new Map([...stored, ...this.#buffer.newest(limit)].map((comment) => [comment.id, comment]));
    return [...byId.values()].sort((one, other) => other.createdAt - one.createdAt).slice(0, limit);
  }

  /** The comment that another answers, undefined for one that answers none; throws if it is not known. */
  async parentOf({ parentId: id }: Draft): Promise<Comment | undefined> {
    if (id === null) return undefined;
    const found = this.#buffer.find(id) ?? (this.#stored.isBound ? await this.#find(id) : undefined);
    if (!found) throw new LoomError(unknownParent);
    return found;
  }

  /** Remembered for a minute: what has come to D1 since is in the buffer. */
  #newestStored(): Promise<readonly Comment[]> {
    return this.#cache.remember("stored comments", () => this.#stored.newest(100), { ttl: "1m", staleOnError: true });
  }

  async #find(id: string): Promise<Comment | undefined> {
    try {
      return await this.#stored.findComment(id);
    } catch (cause) {
      throw new LoomError(notSaved, { cause });
    }
  }
}
