import { getLoomStub } from "loom-do/worker";
import { z } from "zod";
import { findUserByEmail, isAddressOf } from "../auth/users.ts";
import { jsonOf } from "./body.ts";
import { forward } from "./forward.ts";
import { orElse } from "./log.ts";
import { type Handler, refusal, type UserVisit } from "./visit.ts";

const Following = z.object({ site: z.string().min(1).max(128), action: z.enum(["follow", "unfollow"]) });

/** `GET /api/feed`, `POST /api/feed/rebuild`: the reader's own. */
export const readFeed: Handler<UserVisit> = (visit) => {
  const isRebuild = visit.request.method === "POST";
  return forward(visit, getLoomStub(visit.env.FEEDS, `feed:${visit.user.id}`), {
    path: isRebuild ? "/rebuild" : "/feed",
  });
};

/** `POST /api/following` `{ site, action }`: the feed first, which may have no room, then D1; the owner is told of it. */
export const follow: Handler<UserVisit> = async (visit) => {
  const { data: following } = Following.safeParse(await jsonOf(visit.request));
  if (!following) return refusal(400, "site and action are required");
  const { env, user } = visit;
  if (!env.DB) return refusal(503, "Following is not available");
  const site = await env.DB.prepare("SELECT email FROM tenants WHERE subdomain = ? AND active = 1")
    .bind(following.site)
    .first<{ email: string | null }>();
  if (!site) return refusal(404, "Site not found");
  if (isAddressOf(user, site.email)) return refusal(400, "This is your own site");
  await getLoomStub(env.FEEDS, `feed:${user.id}`).updateFollowing(following.site, following.action);
  const isNews = await keep(env.DB, user.id, following);
  if (isNews) visit.waitUntil(orElse(tellOwner(visit, site.email), undefined, "A site's owner was not told."));
  return Response.json({ success: true });
};

/** `/api/notifications…`: the user's own, its socket too. */
export const notifications: Handler<UserVisit> = (visit) => {
  const paths: Record<string, string> = { read: "/read", unread: "/unread", ws: "/ws" };
  const path = paths[visit.params["what"] ?? ""] ?? "/notifications";
  return forward(visit, getLoomStub(visit.env.NOTIFICATIONS, `notifications:${visit.user.id}`), { path });
};

/** Whether the reader follows a site now that was not followed. */
async function keep(db: D1Database, userId: string, { site, action }: z.output<typeof Following>): Promise<boolean> {
  if (action === "unfollow") {
    const statement = db.prepare("DELETE FROM meadow_follows WHERE follower_id = ? AND followed_tenant_id = ?");
    await statement.bind(userId, site).run();
    return false;
  }
  const statement = db.prepare("INSERT INTO meadow_follows VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const seconds = Math.floor(Date.now() / 1000);
  const { meta } = await statement.bind(crypto.randomUUID(), userId, site, seconds).run();
  return meta.changes > 0;
}

async function tellOwner({ env, user }: UserVisit, email: string | null): Promise<void> {
  const owner = env.DB && email && (await findUserByEmail(env.DB, email));
  if (!owner) return;
  // Who comes and goes is news once a day.
  const about = { targetType: "profile", targetId: owner.id, dedupeKey: `follow:${user.id}` } as const;
  const stub = getLoomStub(env.NOTIFICATIONS, `notifications:${owner.id}`);
  await stub.addNotification({ type: "follow", actorId: user.id, ...about });
}
