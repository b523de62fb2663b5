import {
  Alarm,
  Loom,
  type LoomRequestContext,
  LoomResponse,
  type LoomSocket,
  OnSocketMessage,
  OnSocketOpen,
  Route,
  Rpc,
} from "loom-do";
import type { z } from "zod";
import { answerInvalidJson } from "../invalid.ts";
import type {
  AddedNotification,
  NewNotification,
  NotificationMessage,
  NotificationPage,
  NotificationQuery,
} from "../types.ts";
import { GroveObject } from "./grove-object.ts";
import { ActorLimits } from "./notification/actor-limits.ts";
import { type Addition, Inbox } from "./notification/inbox.ts";
import { Added, Ids, Query, ReadBody, ReadMessage, tellInvalid, TextQuery } from "./notification/schemas.ts";
import { SeenCalls } from "./notification/seen.ts";
import { tables } from "./notification/tables.ts";

const maxSockets = 50;

/** One user: what happened that concerns it, grouped, counted and told at once. */
@Loom({ name: "NotificationDO", invalid: answerInvalidJson, invalidMessage: tellInvalid })
export class NotificationDO extends GroveObject {
  readonly #inbox = new Inbox(this.sql);
  readonly #seen = new SeenCalls(this.sql);
  readonly #limits = new ActorLimits();

  protected override schema() {
    return tables;
  }

  /** Adds a notification; the user's own doings, and what an actor does too often, are left out. */
  @Rpc({ args: [Added] })
  addNotification(notification: NewNotification): AddedNotification {
    const { actorId, dedupeKey } = notification;
    const earlier = dedupeKey === undefined ? undefined : this.#seen.find(dedupeKey);
    if (earlier) return earlier;
    if (this.ctx.id.name === `notifications:${actorId}` || !this.#mayNotify(actorId))
      return { id: null, aggregated: false };
    const { change, ...added } = this.sql.transaction(() => this.#add(notification));
    if (change) this.#tellOf(added.id!, change);
    void this.alarms.ensureScheduled(this.prune, "1d");
    return added;
  }

  /** A page, the newest first; a group that grows meanwhile may be seen twice, and nothing is missed. */
  @Rpc({ args: [Query] })
  getNotifications({ limit = 20, cursor, unreadOnly = false }: NotificationQuery): NotificationPage {
    const { notifications, ...next } = this.#inbox.page(limit, cursor, unreadOnly);
    return { notifications, unreadCount: this.#inbox.unreadCount, ...next };
  }

  /** Marks as read, and tells all of the user's sockets: other tabs clear too. */
  @Rpc({ args: [Ids] })
  markRead(ids: readonly string[] | "all"): void {
    const changed = this.#inbox.markRead(ids);
    if (changed.length > 0)
      this.#tell({ type: "read", ids: ids === "all" ? ids : changed, unreadCount: this.#inbox.unreadCount });
  }

  @Rpc({ args: [] })
  getUnreadCount(): number {
    return this.#inbox.unreadCount;
  }

  // As many ids as one call may have fit.
  @OnSocketOpen("/ws", { maxMessage: 80_000 })
  open(socket: LoomSocket) {
    if (this.sockets.count >= maxSockets) return LoomResponse.text("Too many connections", 503);
    socket.send({ type: "init", unreadCount: this.#inbox.unreadCount } satisfies NotificationMessage);
  }

  @OnSocketMessage("read", ReadMessage)
  onRead(_socket: LoomSocket, { ids }: z.output<typeof ReadMessage>) {
    this.markRead(ids);
  }

  /** Daily, while there is something. */
  @Alarm("prune", { every: "1d" })
  prune() {
    this.#inbox.prune();
    this.#seen.prune();
    return this.#inbox.size > 0;
  }

  @Route("POST", "/notifications", { body: Added })
  post({ body }: LoomRequestContext<"/notifications", { body: typeof Added }>) {
    return LoomResponse.json({ success: true, ...this.addNotification(body) }, 201);
  }

  @Route("GET", "/notifications", { query: TextQuery })
  list({ query }: LoomRequestContext<"/notifications", { query: typeof TextQuery }>) {
    return this.getNotifications(query);
  }

  @Route("POST", "/read", { body: ReadBody })
  postRead({ body }: LoomRequestContext<"/read", { body: typeof ReadBody }>) {
    this.markRead(body.ids);
    return LoomResponse.success();
  }

  @Route("GET", "/unread")
  unread() {
    return { count: this.#inbox.unreadCount };
  }

  #add(notification: NewNotification): Addition {
    const addition = this.#inbox.add(notification);
    if (notification.dedupeKey !== undefined) this.#seen.add(notification.dedupeKey, addition);
    return addition;
  }

  #mayNotify(actorId: string): boolean {
    const isAllowed = this.#limits.allows(actorId);
    if (!isAllowed) this.log.warn("an actor notifies too often", { actorId, dropped: this.#limits.dropped });
    return isAllowed;
  }

  #tellOf(id: string, type: NonNullable<Addition["change"]>): void {
    const notification = this.#inbox.find(id);
    if (notification) this.#tell({ type, notification, unreadCount: this.#inbox.unreadCount });
  }

  #tell(message: NotificationMessage): void {
    this.sockets.broadcast(message);
  }
}
