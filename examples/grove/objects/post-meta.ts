import {
  Alarm,
  JsonStore,
  Loom,
  type LoomRequestContext,
  LoomResponse,
  OnSocketClose,
  OnSocketMessage,
  OnSocketOpen,
  Route,
} from "loom-do";
import type { z } from "zod";
import { GroveObject } from "./grove-object.ts";
import { MetaRecord } from "./post-meta/meta-record.ts";
import { presenceIn } from "./post-meta/presence-frame.ts";
import { Readers, type ReaderSocket } from "./post-meta/readers.ts";
import { type Reaction, ReactionTable } from "./post-meta/reaction-table.ts";
import { RecentSessions } from "./post-meta/recent-sessions.ts";
import { answerInit, InitBody, ReactionBody, ReactionType, ViewBody } from "./post-meta/schemas.ts";
import { ViewLog } from "./post-meta/view-log.ts";

const anonymous = "anonymous";
const maxSockets = 1_000;

/** One post: how often it was read, who liked it, who reads it now. */
@Loom({ name: "PostMetaDO", invalidMessage: () => undefined })
export class PostMetaDO extends GroveObject {
  readonly #views = new ViewLog(this.sql);
  readonly #recent = new RecentSessions(this.#views);
  readonly #readers = new Readers(this.sockets, this.#recent);
  readonly #meta = new MetaRecord(new JsonStore(this.sql, this.log, "meta"), this.#views);
  readonly #reactions = new ReactionTable(this.sql, this.#meta);

  protected override schema() {
    return `${ViewLog.table}; ${ReactionTable.table};`;
  }

  @Route("GET", "/meta")
  readMeta() {
    return this.#meta.value ?? notInitialized(404);
  }

  @Route("POST", "/meta/init", { body: InitBody, invalid: answerInit })
  init({ body }: LoomRequestContext<"/meta/init", { body: typeof InitBody }>) {
    return LoomResponse.success({ meta: this.#meta.make(body) });
  }

  @Route("POST", "/view", { body: ViewBody })
  async view({ body: { sessionId = anonymous } }: LoomRequestContext<"/view", { body: typeof ViewBody }>) {
    const meta = this.#meta.value;
    if (!meta) return notInitialized(400);
    // Visitors who do not say who they are cannot be told apart: each of their views counts.
    const isCounted = sessionId !== anonymous && this.#recent.times.has(sessionId);
    const viewCount = isCounted ? meta.viewCount : this.#count(sessionId, meta);
    // Tidying stops while there are no views, and starts again with this one.
    if (!isCounted) await this.alarms.ensureScheduled(this.tidy, "1h");
    return LoomResponse.success({ viewCount });
  }

  @Route("GET", "/reactions")
  readReactions() {
    return this.#meta.value?.reactions ?? notInitialized(404);
  }

  @Route("POST", "/reactions", { body: ReactionBody })
  addReaction({ body }: LoomRequestContext<"/reactions", { body: typeof ReactionBody }>) {
    const isNew = this.#reactions.add(this.#reactionIn(body));
    const reactions = this.#tellReactions(isNew);
    return isNew
      ? LoomResponse.success({ reactions })
      : LoomResponse.json({ success: false, message: "Already reacted", reactions });
  }

  @Route("DELETE", "/reactions", { body: ReactionBody })
  removeReaction({ body }: LoomRequestContext<"/reactions", { body: typeof ReactionBody }>) {
    const wasThere = this.#reactions.remove(this.#reactionIn(body));
    return LoomResponse.success({ reactions: this.#tellReactions(wasThere) });
  }

  @Route("GET", "/presence")
  readPresence() {
    return this.#readers.presence();
  }

  @OnSocketOpen("/*", { maxMessage: 4_096, rate: { messages: 30, per: "10s" } })
  join(socket: ReaderSocket) {
    if (this.sockets.count >= maxSockets) return LoomResponse.text("Too many readers", 503);
    socket.state = { seen: Date.now() };
    const meta = this.#meta.value;
    if (meta) socket.send({ type: "init", data: { meta, presence: this.#readers.count(socket.state) } });
  }

  @OnSocketMessage
  hear(socket: ReaderSocket, message: string | ArrayBuffer) {
    const said = presenceIn(message);
    if (!said) return;
    socket.state = { ...socket.state, ...said, seen: Date.now() };
    this.#readers.tell();
  }

  @OnSocketClose
  leave() {
    this.#readers.tell();
  }

  @Alarm("tidy", { every: "1h" })
  tidy() {
    const { newest } = this.#views;
    if (!newest) return false;
    this.#meta.settle(newest);
    return this.#views.trim(newest);
  }

  #count(sessionId: string, { viewCount, lastViewed }: { readonly viewCount: number; readonly lastViewed: number }) {
    const view = { id: viewCount + 1, timestamp: Math.max(Date.now(), lastViewed) };
    this.#views.add(view, sessionId);
    this.#recent.add(sessionId, view.timestamp);
    this.sockets.broadcast({ type: "view", data: { viewCount: view.id } });
    return view.id;
  }

  #reactionIn({ type, userId = anonymous }: z.output<typeof ReactionBody>): Reaction {
    if (!this.#meta.value) throw notInitialized(400);
    const { data: known } = ReactionType.safeParse(type);
    if (!known) throw LoomResponse.text("Invalid reaction type", 400);
    return { userId, type: known };
  }

  /** The reactions as they are; the readers hear of them if they changed. */
  #tellReactions(didChange: boolean) {
    const { reactions } = this.#meta.value!;
    if (didChange) this.sockets.broadcast({ type: "reaction", data: { reactions } });
    return reactions;
  }
}

function notInitialized(status: 400 | 404): Response {
  return LoomResponse.text("Post not initialized", status);
}
