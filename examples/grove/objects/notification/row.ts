import { safeJsonParse } from "loom-do";
import type { NewNotification, Notification, NotificationTarget, NotificationType } from "../../types.ts";

/** A notification as it is stored. */
export interface NotificationRow {
  readonly id: string;
  readonly type: NotificationType;
  readonly actor_id: string;
  readonly target_type: NotificationTarget;
  readonly target_id: string;
  readonly created_at: number;
  readonly read_at: number | null;
  readonly aggregation_key: string | null;
  /** JSON, the latest first. */
  readonly actor_ids: string;
  readonly count: number;
}

/** How many actors of one notification are told apart. */
export const maxActors = 1_000;

/** The group that a notification belongs to; null for what has a text of its own to be read. */
export function groupOf({ type, targetType, targetId }: NewNotification): string | null {
  return type === "reaction" || type === "follow" ? `${type}:${targetType}:${targetId}` : null;
}

export function actorsOf({ actor_ids, actor_id }: NotificationRow): readonly string[] {
  return safeJsonParse<readonly string[]>(actor_ids, [actor_id]);
}

export function notificationOf(row: NotificationRow): Notification {
  const { id, type, actor_id, target_type, target_id, created_at, read_at, aggregation_key, count } = row;
  return {
    ...{ id, type, actorId: actor_id, targetType: target_type, targetId: target_id },
    ...{ createdAt: created_at, readAt: read_at, aggregationKey: aggregation_key },
    ...{ actorIds: actorsOf(row).slice(0, 10), count },
  };
}
