import { getLoomRPCStub } from "loom-do";
import type { Comment } from "../../types.ts";

/** Who is told of a comment. */
export interface Notice {
  readonly userId: string;
  readonly commentId: string;
  readonly actorId: string;
  readonly parentId: string;
}

/** What NotificationDO offers to others. */
interface Notified extends Rpc.DurableObjectBranded {
  addNotification(notification: object): Promise<void>;
}

/** The notice for the author of the comment that is answered; none for answers to oneself. */
export function noticeOf({ id, userId }: Comment, parent: Comment | undefined): Notice | undefined {
  if (!parent || parent.userId === userId) return undefined;
  return { userId: parent.userId, commentId: id, actorId: userId, parentId: parent.id };
}

/** Tells it; told again, it is the same notification. */
export async function tell(notifications: DurableObjectNamespace, notice: Notice): Promise<void> {
  const { userId, commentId, actorId, parentId } = notice;
  await getLoomRPCStub<Notified>(notifications, `notifications:${userId}`).addNotification({
    ...{ type: "comment", actorId, targetType: "comment", targetId: parentId, dedupeKey: `comment:${commentId}` },
  });
}
