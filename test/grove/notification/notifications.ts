import { runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { NotificationDO } from "../../../examples/grove/objects/notification.ts";
import type { NewNotification } from "../../../examples/grove/types.ts";
import { grove } from "../support/grove.ts";

export const start = Date.UTC(2030, 0, 15);
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

type Notifications = DurableObjectStub<NotificationDO>;

/** Sets the clock to so many milliseconds after the start. */
export function at(offset: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: start + offset });
}

/** A user nobody knows yet. */
export function newUser() {
  at(0);
  const userId = crypto.randomUUID();
  return { userId, object: grove.NOTIFICATIONS.getByName(`notifications:${userId}`) };
}

/** Somebody liked the post p1. */
export function like(actorId: string, changes: Partial<NewNotification> = {}): NewNotification {
  return { type: "reaction", actorId, targetType: "post", targetId: "p1", ...changes };
}

/** Somebody wrote a comment under the post p1: these are not grouped. */
export function comment(actorId: string, changes: Partial<NewNotification> = {}): NewNotification {
  return like(actorId, { type: "comment", ...changes });
}

/** Everything the user has, the newest first. */
export async function allOf(object: Notifications) {
  return (await object.getNotifications({ limit: 100 })).notifications;
}

/** Fills the table behind the object's back: n-0001, …, the first the newest, each a minute older. */
export function fill(object: Notifications, count: number, readAt: number | null = null): Promise<void> {
  return runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO notifications
       SELECT printf('n-%04d', i), 'comment', 'ada', 'post', 'p', ? - i * 60000, ?, NULL, '["ada"]', 1 FROM n`,
      ...[count, start, readAt],
    );
  });
}

/** The rows of a table. */
export function rowsIn(object: Notifications, table: string): Promise<unknown[]> {
  return runInDurableObject(object, (_, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());
}

export function alarmOf(object: Notifications): Promise<number | null> {
  return runInDurableObject(object, (_, { storage }) => storage.getAlarm());
}
