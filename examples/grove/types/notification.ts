export type NotificationType = "reaction" | "comment" | "follow" | "mention";

export type NotificationTarget = "post" | "comment" | "profile";

/** Something that concerns a user. */
export interface NewNotification {
  readonly type: NotificationType;
  readonly actorId: string;
  readonly targetType: NotificationTarget;
  readonly targetId: string;
  /** The same for every try of the same call: it counts once. */
  readonly dedupeKey?: string | undefined;
}

/** What became of it; no id when it was left out. */
export interface AddedNotification {
  readonly id: string | null;
  /** It went into one that was there. */
  readonly aggregated: boolean;
}

export interface Notification {
  readonly id: string;
  readonly type: NotificationType;
  /** The latest of those who did it. */
  readonly actorId: string;
  readonly targetType: NotificationTarget;
  readonly targetId: string;
  /** Unix milliseconds; of a group, when it grew last. */
  readonly createdAt: number;
  readonly readAt: number | null;
  readonly aggregationKey: string | null;
  /** The latest ten, the latest first. */
  readonly actorIds: readonly string[];
  /** How many did it. */
  readonly count: number;
}

export interface NotificationQuery {
  /** @default 20, at most 100 */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly unreadOnly?: boolean | undefined;
}

/** A page of notifications; no `nextCursor` on the last. */
export interface NotificationPage {
  readonly notifications: readonly Notification[];
  readonly unreadCount: number;
  readonly nextCursor?: string;
}

/** What a user's sockets are told. */
export type NotificationMessage =
  | { readonly type: "init"; readonly unreadCount: number }
  | {
      readonly type: "notification" | "notification:update";
      readonly notification: Notification;
      readonly unreadCount: number;
    }
  | { readonly type: "read"; readonly ids: readonly string[] | "all"; readonly unreadCount: number };
