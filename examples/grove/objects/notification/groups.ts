import type { SqlHelper } from "loom-do";
import type { Addition } from "./inbox.ts";
import { actorsOf, maxActors, type NotificationRow } from "./row.ts";

const hour = 3_600_000;

/** Which notification each group's latest is, while it may grow. */
export class Groups {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** The unread notification that a group may still grow in. */
  find(key: string, now: number): NotificationRow | undefined {
    const query = `SELECT notifications.* FROM aggregated JOIN notifications ON id = notification_id
      WHERE aggregated.aggregation_key = ? AND last_updated >= ? AND read_at IS NULL`;
    return this.#sql.queryOne<NotificationRow>(query, key, now - hour) ?? undefined;
  }

  /** Starts a group anew: the notification that it was before keeps what it holds. */
  begin(key: string, id: string, now: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO aggregated VALUES (?, ?, ?)", key, id, now);
  }

  /** One more has done it; somebody who did it already is no news. */
  grow(key: string, row: NotificationRow, actorId: string, now = Date.now()): Pick<Addition, "id" | "change"> {
    this.begin(key, row.id, now);
    const actors = actorsOf(row);
    if (actors.includes(actorId)) return { id: row.id };
    this.#sql.exec(
      "UPDATE notifications SET actor_id = ?, created_at = ?, actor_ids = ?, count = count + 1 WHERE id = ?",
      ...[actorId, now, JSON.stringify([actorId, ...actors].slice(0, maxActors)), row.id],
    );
    return { id: row.id, change: "notification:update" };
  }

  /** Forgets the groups that cannot grow any more. */
  prune(now: number): void {
    this.#sql.exec("DELETE FROM aggregated WHERE last_updated < ?", now - hour);
  }
}
