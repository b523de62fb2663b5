import { Alarm, Locked, Loom, type LoomRequestContext, LoomResponse, Route, Rpc } from "loom-do";
import { OnSocketClose, OnSocketMessage, OnSocketOpen } from "loom-do";
import type { z } from "zod";
import type { Comment, NewComment, Toggled, Viewers } from "../types.ts";
import { GroveObject } from "./grove-object.ts";
import { Audience, type ViewerSocket } from "./post/audience.ts";
import { CommentBuffer } from "./post/comment-buffer.ts";
import { Comments } from "./post/comments.ts";
import { noticeOf, type Notice, tell } from "./post/notice.ts";
import { PostInD1 } from "./post/post-in-d1.ts";
import { Reactions } from "./post/reactions.ts";
import { answerPost, CommentBody, CommentFrame, CommentsQuery, Draft } from "./post/schemas.ts";
import { Id, Limit, ReactFrame, ReactionType, tellPost, ToggleBody } from "./post/schemas.ts";

/** One post: reactions, comments and who is there, live. */
@Loom({ name: "PostDO", invalid: answerPost, invalidMessage: tellPost })
export class PostDO extends GroveObject {
  readonly #stored = new PostInD1(this.env.DB, this.ctx.id.name);
  readonly #buffer = new CommentBuffer(this.sql, this.store);
  readonly #comments = new Comments({ buffer: this.#buffer, stored: this.#stored, cache: this.cache, log: this.log });
  readonly #reactions = new Reactions(this.sql);
  readonly #audience = new Audience(this.sockets);

  protected override schema() {
    return CommentBuffer.table + Reactions.tables;
  }

  @Rpc({ args: [Id, ReactionType] })
  toggleReaction(userId: string, reactionType: string): Toggled {
    const toggled = this.#reactions.toggle(userId, reactionType);
    this.sockets.broadcast({ type: "reaction", reactionType, count: toggled.newCount });
    void this.alarms.ensureScheduled(this.saveCounts, "5m");
    return toggled;
  }

  @Route("POST", "/reactions/toggle", { body: ToggleBody })
  toggle({ body: { userId, reactionType } }: LoomRequestContext<"/reactions/toggle", { body: typeof ToggleBody }>) {
    return this.toggleReaction(userId, reactionType);
  }

  @Route("GET", "/reactions")
  @Rpc
  getReactionCounts(): Record<string, number> {
    return this.#reactions.present;
  }

  @Rpc({ args: [Draft] })
  async addComment(comment: NewComment): Promise<void> {
    await this.#add(comment as Draft); // as its schema made it
  }

  @Route("POST", "/comments", { body: CommentBody })
  async postComment({ body }: LoomRequestContext<"/comments", { body: typeof CommentBody }>) {
    return LoomResponse.json({ success: true, comment: await this.#add(body) }, 201);
  }

  @Rpc({ args: [Limit] })
  getRecentComments(limit?: number): Promise<Comment[]> {
    return this.#comments.recent(limit);
  }

  @Route("GET", "/comments", { query: CommentsQuery })
  listComments({ query }: LoomRequestContext<"/comments", { query: typeof CommentsQuery }>) {
    return this.#comments.recent(query.limit);
  }

  @Route("GET", "/presence")
  @Rpc
  getPresence(): Viewers {
    return this.#audience.viewers;
  }

  /** Has D1 take all that waits; throws if it does not, and what waits is kept. */
  @Rpc
  async flush(): Promise<void> {
    await this.saveComments();
    // What the alarm is saving just now is not pending any more, and not saved yet.
    const isDue = this.locks.isLocked("counts") || (await this.alarms.isPending(this.saveCounts));
    if (isDue) await this.saveCounts();
  }

  @Route("GET", "/ws")
  refuseRequest() {
    return LoomResponse.text("Expected WebSocket", 426);
  }

  @OnSocketOpen("/ws", { maxMessage: 16_384, rate: { messages: 100, per: "10s" } })
  join(socket: ViewerSocket, { url }: LoomRequestContext<"/ws">) {
    return this.#audience.admit(socket, url.searchParams.get("userId"));
  }

  @OnSocketMessage("react", ReactFrame)
  react({ state: { userId } }: ViewerSocket, { reactionType }: z.output<typeof ReactFrame>) {
    this.toggleReaction(userId, reactionType);
  }

  @OnSocketMessage("comment", CommentFrame)
  async say({ state: { userId } }: ViewerSocket, said: z.output<typeof CommentFrame>) {
    await this.#add({ ...said, id: crypto.randomUUID(), userId });
  }

  @OnSocketMessage("typing")
  type(socket: ViewerSocket) {
    this.#audience.relayTyping(socket);
  }

  @OnSocketClose
  leave() {
    this.#audience.tell();
  }

  @Alarm("save-comments", { retries: Infinity })
  @Locked("comments")
  async saveComments(): Promise<void> {
    for (let next = this.#buffer.pending; next.length > 0; next = this.#buffer.pending) {
      await this.#stored.addComments(next);
      this.#buffer.markSaved(next);
    }
    await this.alarms.cancel(this.saveComments);
  }

  @Alarm("save-counts", { retries: Infinity })
  @Locked("counts", { mode: "queue" })
  async saveCounts(): Promise<void> {
    const { changes } = this.#reactions;
    await this.#stored.setCounts(this.#reactions.counts);
    if (changes === this.#reactions.changes) await this.alarms.cancel(this.saveCounts);
  }

  @Alarm("notify", { retries: 20 })
  notify(notice: Notice): Promise<void> {
    return tell(this.env.NOTIFICATIONS, notice);
  }

  async #add(draft: Draft): Promise<Comment> {
    const parent = await this.#comments.parentOf(draft);
    // Nothing is waited for from here on: what is looked up holds, and all that is written is one turn.
    const known = this.#buffer.find(draft.id);
    if (known) return known;
    const comment = this.#buffer.add(draft);
    this.sockets.broadcast({ type: "comment", comment });
    const notice = this.env.NOTIFICATIONS && noticeOf(comment, parent);
    void this.alarms.ensureScheduled(this.saveComments, "30s");
    if (notice) void this.alarms.schedule(this.notify, 0, notice, { key: comment.id });
    return comment;
  }
}
