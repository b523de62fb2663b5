import { Alarm, Locked, Loom, LoomError, type LoomRequestContext, LoomResponse, Persisted, Route, Rpc } from "loom-do";
import type { FeedPage, FeedPost, FeedQuery, PostPreview } from "../types.ts";
import { answerInvalidJson } from "../invalid.ts";
import { FEED_ERRORS, selfFollow } from "./feed/errors.ts";
import { Following } from "./feed/following.ts";
import { FeedItems, keptItems } from "./feed/items.ts";
import { Meanwhile } from "./feed/meanwhile.ts";
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
  /** Only while the feed is being built. */
  #meanwhile: Meanwhile | undefined;

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
    this.#meanwhile?.posts.add(post.postId);
    this.#pruneInTime();
  }

  /** Follows an author, or takes all of its posts out of the feed. */
  @Rpc({ args: FollowArgs })
  updateFollowing(userId: string, action: "follow" | "unfollow"): void {
    if (userId === this.#userId) throw selfFollow();
    const isChange = action === "follow" ? this.#following.add(userId) : this.#following.delete(userId);
    if (!isChange) return;
    if (action === "unfollow") this.#items.deleteOf(userId);
    this.#meanwhile?.authors.add(userId);
    this.#followChanges += 1;
    if (this.#isStale) void this.alarms.schedule(this.rebuild, "10s");
  }

  /** Changes what the feed shows of a post that is in it. */
  @Rpc({ args: [PostId, PreviewChange] })
  updatePostMetadata(postId: string, change: Partial<PostPreview>): void {
    if (this.#items.change(postId, change)) this.#meanwhile?.posts.add(postId);
  }

  /** Builds the feed from D1; whoever asks while it is being built waits for the same. */
  @Rpc({ args: [] })
  @Locked("rebuild")
  async rebuildFeed(): Promise<void> {
    if (!this.env.DB) throw new LoomError(FEED_ERRORS.NO_SOURCE);
    const meanwhile = (this.#meanwhile = new Meanwhile());
    try {
      const source = await readSource(this.env.DB, this.#userId);
      this.sql.transaction(() => this.#replace(source, meanwhile));
    } finally {
      this.#meanwhile = undefined;
    }
    this.#pruneInTime();
    // The alarm for what changed meanwhile may have come meanwhile, too, and waited for this.
    if (this.#isStale) void this.alarms.ensureScheduled(this.rebuild, "10s");
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
  #replace({ authors, posts }: Source, meanwhile: Meanwhile): void {
    this.#following.replace(authors, meanwhile.authors);
    this.#items.replace(posts, meanwhile.posts, this.#userId);
    this.#followChanges = meanwhile.authors.size;
  }

  #pruneInTime(): void {
    if (this.#items.size > keptItems) void this.alarms.ensureScheduled(this.prune, "1h");
  }

  /** Whether the reader has changed whom it follows so much that the feed is to be built anew. */
  get #isStale(): boolean {
    return this.#followChanges >= Math.min(5, Math.max(1, this.#following.size / 4));
  }

  get #userId(): string {
    const [, userId] = /^feed:(.+)$/s.exec(this.ctx.id.name ?? "") ?? [];
    if (userId === undefined) throw new LoomError(FEED_ERRORS.NAMELESS);
    return userId;
  }
}
