import {
  Alarm,
  Locked,
  Loom,
  LOOM_ERRORS,
  LoomError,
  type LoomRequestContext,
  LoomResponse,
  Persisted,
  Route,
  Rpc,
} from "loom-do";
import type { FeedPage, FeedPost, FeedQuery, PostPreview } from "../types.ts";
import { answerInvalidJson } from "../invalid.ts";
import { FEED_ERRORS } from "./feed/errors.ts";
import { Following } from "./feed/following.ts";
import { FeedItems, keptItems } from "./feed/items.ts";
import { FollowArgs, FollowBody, Post, PostId, PreviewChange, Query, TextQuery } from "./feed/schemas.ts";
import { readSource, type Source } from "./feed/source.ts";
import { tables } from "./feed/tables.ts";
import { GroveObject } from "./grove-object.ts";

/** One reader: a feed that is ready before it is asked for. */
@Loom({ name: "FeedDO", invalid: answerInvalidJson })
export class FeedDO extends GroveObject {
  /** How often the reader has changed whom it follows since the feed was built. */
  @Persisted accessor #followChanges = 0;
  readonly #items = new FeedItems(this.sql);
  readonly #following = new Following(this.sql);
  /** Whose following has changed while the feed is being built. */
  #changedMeanwhile = new Set<string>();

  protected override schema() {
    return tables;
  }

  /** A page; the cursor of the last one gives the next, whatever has come or gone meanwhile. */
  @Rpc({ args: [Query] })
  getFeed({ cursor, limit = 20, sortBy = "recent" }: FeedQuery): FeedPage {
    return this.#items.page(sortBy, limit, cursor);
  }

  /** Adds a post, unless nobody who is followed, nor the reader, has written it. */
  @Rpc({ args: [Post] })
  addToFeed(post: FeedPost): void {
    if (post.authorId !== this.#userId && !this.#following.has(post.authorId)) return;
    this.#items.add(post);
    this.#pruneInTime();
  }

  /** Follows an author, or takes all of its posts out of the feed. */
  @Rpc({ args: FollowArgs })
  updateFollowing(userId: string, action: "follow" | "unfollow"): void {
    if (userId === this.#userId) throw selfFollow();
    const isChange = action === "follow" ? this.#following.add(userId) : this.#following.delete(userId);
    if (!isChange) return;
    if (action === "unfollow") this.#items.deleteOf(userId);
    this.#changedMeanwhile.add(userId);
    this.#followChanges += 1;
    const isMuch = this.#followChanges >= Math.min(5, Math.max(1, this.#following.size / 4));
    if (isMuch) void this.alarms.schedule(this.rebuild, "10s");
  }

  /** Changes what the feed shows of a post that is in it. */
  @Rpc({ args: [PostId, PreviewChange] })
  updatePostMetadata(postId: string, change: Partial<PostPreview>): void {
    this.#items.change(postId, change);
  }

  /** Builds the feed from D1; whoever asks while it is being built waits for the same. */
  @Rpc({ args: [] })
  @Locked("rebuild")
  async rebuildFeed(): Promise<void> {
    if (!this.env.DB) throw new LoomError(FEED_ERRORS.NO_SOURCE);
    const [userId, startedAt] = [this.#userId, Date.now()];
    this.#changedMeanwhile = new Set();
    const source = await readSource(this.env.DB, userId);
    this.sql.transaction(() => this.#replace(source, startedAt));
    this.#pruneInTime();
  }

  /** D1 being away leaves the feed as it is. */
  @Alarm("rebuild", { retries: Infinity })
  async rebuild() {
    await this.rebuildFeed();
  }

  @Alarm("prune")
  prune() {
    this.#items.prune();
  }

  @Route("GET", "/feed", { query: TextQuery })
  readFeed({ query }: LoomRequestContext<"/feed", { query: typeof TextQuery }>) {
    return this.getFeed(query);
  }

  @Route("POST", "/items", { body: Post })
  postItem({ body }: LoomRequestContext<"/items", { body: typeof Post }>) {
    this.addToFeed(body);
    return LoomResponse.success();
  }

  @Route("PATCH", "/items/:postId", { body: PreviewChange })
  patchItem({ params, body }: LoomRequestContext<"/items/:postId", { body: typeof PreviewChange }>) {
    this.updatePostMetadata(params.postId, body);
    return LoomResponse.success();
  }

  @Route("POST", "/following", { body: FollowBody })
  postFollowing({ body }: LoomRequestContext<"/following", { body: typeof FollowBody }>) {
    this.updateFollowing(body.userId, body.action);
    return LoomResponse.success();
  }

  @Route("POST", "/rebuild")
  async postRebuild() {
    await this.rebuildFeed();
    return LoomResponse.success();
  }

  /** What came from elsewhere while D1 was asked stays, and who was unfollowed meanwhile does not come back. */
  #replace({ authors, posts }: Source, startedAt: number): void {
    this.#following.replace(authors, this.#changedMeanwhile);
    const wanted = posts.filter(({ authorId }) => authorId === this.#userId || this.#following.has(authorId));
    this.#items.keep(new Set(wanted.map(({ postId }) => postId)), startedAt);
    for (const post of wanted) this.#items.add(post);
    this.#followChanges = this.#changedMeanwhile.size;
  }

  #pruneInTime(): void {
    if (this.#items.size > keptItems) void this.alarms.ensureScheduled(this.prune, "1h");
  }

  get #userId(): string {
    const [, userId] = /^feed:(.+)$/s.exec(this.ctx.id.name ?? "") ?? [];
    if (userId === undefined) throw new LoomError(FEED_ERRORS.NAMELESS);
    return userId;
  }
}

function selfFollow(): LoomError {
  return new LoomError(LOOM_ERRORS.INVALID_INPUT, { message: "userId: nobody follows themselves." });
}
