import { addRoute, createRouter, findRoute } from "rou3";
import { handleOAuthCallback } from "../auth/callback.ts";
import { listSessions, revokeAllSessions, revokeSession, validateSession } from "../auth/session-routes.ts";
import { showProvider, startSignIn } from "../auth/sign-in.ts";
import { signOut, signOutEverywhere } from "../auth/sign-out.ts";
import type { GroveEnv } from "../types.ts";
import { forMember, forOwner, forOwnPages, forUser, onSite } from "./access.ts";
import { chat, openChat } from "./chat.ts";
import { onPost } from "./known-posts.ts";
import { withinSignIns } from "./limits.ts";
import { beginExport, drafts, followExport, loadTest, mailbox, panel } from "./owner.ts";
import * as posts from "./posts.ts";
import { follow, notifications, readFeed } from "./reader.ts";
import type { Handler, SiteVisit } from "./visit.ts";

type Plain = (request: Request, env: GroveEnv) => Promise<Response>;

const table = createRouter<Handler>();

/** Has `handle` answer requests of a method, of any if it is empty, to each of `paths`. */
function route(method: string, paths: string | readonly string[], handle: Handler): void {
  for (const path of [paths].flat()) addRoute(table, method, path, handle);
}

/** What all may know of a site: not whose it is. */
const showSite: Handler<SiteVisit> = ({ site: { subdomain, displayName, theme, tier } }) =>
  Response.json({ subdomain, displayName, theme, tier });

const plain =
  (handle: Plain): Handler =>
  ({ request, env }) =>
    handle(request, env);

route("GET", "/auth/login", withinSignIns(plain(startSignIn)));
route("GET", "/auth/authorize", withinSignIns(plain(showProvider)));
route("GET", "/auth/callback", withinSignIns(plain(handleOAuthCallback)));
route("POST", "/auth/sign-out", forOwnPages(plain(signOut)));
route("POST", "/auth/sign-out-everywhere", forOwnPages(plain(signOutEverywhere)));
route("GET", "/session/list", forOwnPages(plain(listSessions)));
route("DELETE", "/session/:id", forOwnPages(plain(revokeSession)));
route("POST", "/session/revoke-all", forOwnPages(plain(revokeAllSessions)));
route("POST", "/session/validate", forOwnPages(plain(validateSession)));

route("GET", "/api/config", onSite(showSite));
route("GET", "/posts/:slug", onSite(posts.showPost));
route("GET", ["/api/posts/:slug/content", "/api/posts/:slug/content/html"], onSite(posts.readContent));
route("", ["/api/posts/:slug/content", "/api/posts/:slug/content/:change"], forOwner(posts.writeContent));
route(
  "GET",
  ["meta", "readers", "live"].map((what) => `/api/posts/:slug/${what}`),
  onSite(onPost(posts.readMeta)),
);
route("GET", "/api/posts/:slug/comments", onSite(onPost(posts.readComments)));
route("GET", "/api/posts/:slug/presence", onSite(onPost(posts.readPresence)));
route("POST", "/api/posts/:slug/comments", forMember(onPost(posts.comment)));
route("POST", "/api/posts/:slug/reactions", forMember(onPost(posts.react)));
route("GET", "/api/posts/:slug/reactions", forOwner(onPost(posts.readReactions)));
route("GET", "/api/posts/:slug/ws", forMember(onPost(posts.joinPost)));

route("", ["/api/admin/**", "/live"], forOwner(panel));
route("", ["/api/drafts", "/api/drafts/:slug"], forOwner(drafts));
route("POST", "/api/exports", forOwner(beginExport));
route("GET", "/api/exports/:id", forOwner(followExport));
route("POST", "/api/exports/:id/cancel", forOwner(followExport));
route("", "/api/load-tests/:id/**", forOwner(loadTest));
route("POST", "/api/chat/:with", forOwner(openChat));
route("", "/api/chat/:with/:what", forOwner(chat));

route("GET", "/api/feed", forUser(readFeed));
route("POST", "/api/feed/rebuild", forUser(readFeed));
route("POST", "/api/following", forUser(follow));
route("", ["/api/notifications", "/api/notifications/:what"], forUser(notifications));
route("", "/api/mailbox/**", forUser(mailbox));

/** What answers a request, and its parameters as they were sent; undefined when nothing does. */
export function findHandler(method: string, path: string) {
  return findRoute(table, method, path);
}
