import { Keyset, type SqlHelper } from "loom-do";
import { RowCount } from "../../row-count.ts";
import type { AddedNotification, NewNotification, Notification, NotificationPage } from "../../types.ts";
import { Groups } from "./groups.ts";
import { groupOf, notificationOf, type NotificationRow } from "./row.ts";

const day = 86_400_000;
const keptRows = 1_000;
const mostRows = 1_100;

const newest = new Keyset<NotificationRow>(["created_at", "id"], { descending: true });

/** What an addition has done: `change` is what is to be told, nothing if nobody sees a difference. */
export interface Addition extends AddedNotification {
  readonly change?: "notification" | "notification:update";
}

/** One user's notifications. */
export class Inbox {
  readonly #sql: SqlHelper;
  readonly #count: RowCount;
  readonly #groups: Groups;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
    this.#count = new RowCount(sql, "notifications");
    this.#groups = new Groups(sql);
  }

  get size(): number {
    return this.#count.value;
  }

  get unreadCount(): number {
    return this.#sql<{ n: number }>`SELECT count(*) AS n FROM notifications WHERE read_at IS NULL`[0]!.n;
  }

  /** Adds a notification, or has the group that it belongs to grow. */
  add(given: NewNotification, now = Date.now()): Addition {
    const key = groupOf(given);
    const open = key === null ? undefined : this.#groups.find(key, now);
    if (key !== null && open) return { ...this.#groups.grow(key, open, given.actorId), aggregated: true };
    const id = this.#insert(given, key, now);
    if (key !== null) this.#groups.begin(key, id, now);
    this.#count.change(1);
    if (this.size > mostRows) this.prune(now);
    return { id, aggregated: false, change: "notification" };
  }

  find(id: string): Notification | undefined {
    const row = this.#sql.queryOne<NotificationRow>("SELECT * FROM notifications WHERE id = ?", id);
    return row ? notificationOf(row) : undefined;
  }

  page(limit: number, cursor: string | undefined, unreadOnly: boolean): Omit<NotificationPage, "unreadCount"> {
    const page = newest.page(limit, cursor);
    const wanted = unreadOnly ? `read_at IS NULL AND ${page.where}` : page.where;
    const query = `SELECT * FROM notifications WHERE ${wanted} ORDER BY ${page.order} LIMIT ${page.limit}`;
    const { rows, ...next } = page.of(this.#sql.queryAll<NotificationRow>(query, ...page.bindings));
    return { notifications: rows.map(notificationOf), ...next };
  }

  /** Marks as read; the ids of those that were not. */
  markRead(ids: readonly string[] | "all", now = Date.now()): string[] {
    const chosen = ids === "all" ? "" : " AND id IN (SELECT value FROM json_each(?2))";
    const bindings = ids === "all" ? [now] : [now, JSON.stringify(ids)];
    const query = `UPDATE notifications SET read_at = ?1 WHERE read_at IS NULL${chosen} RETURNING id`;
    return this.#sql.queryAll<{ id: string }>(query, ...bindings).map(({ id }) => id);
  }

  /** Deletes what is old, and what is over the thousand that are kept. */
  prune(now = Date.now()): void {
    this.#sql.exec(
      "DELETE FROM notifications WHERE created_at < ? OR (read_at IS NOT NULL AND created_at < ?)",
      ...[now - 90 * day, now - 30 * day],
    );
    this.#sql.exec(
      `DELETE FROM notifications WHERE id IN
         (SELECT id FROM notifications ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?)`,
      keptRows,
    );
    this.#groups.prune(now);
    this.#count.forget();
  }

  #insert({ type, actorId, targetType, targetId }: NewNotification, key: string | null, now: number): string {
    const id = crypto.randomUUID();
    this.#sql.exec(
      "INSERT INTO notifications VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, 1)",
      ...[id, type, actorId, targetType, targetId, now, key, JSON.stringify([actorId])],
    );
    return id;
  }
}
