import { getLoomStub, loomFetch } from "loom-do/worker";
import { z } from "zod";
import { ReactionType } from "../objects/post/schemas.ts";
import { findUserByEmail } from "../auth/users.ts";
import type { NewNotification } from "../types.ts";
import { jsonOf } from "./body.ts";
import { forward, part } from "./forward.ts";
import { nameOfContent } from "./known-posts.ts";
import { orElse } from "./log.ts";
import { tellPublished } from "./publish.ts";
import { type Handler, type MemberVisit, refusal, type SiteVisit } from "./visit.ts";
import { visitorOf } from "./visitor.ts";

const Reaction = z.object({ type: ReactionType });

/** `GET /posts/:slug`: a post as a page. It is read whether or not anybody can count that. */
export const showPost: Handler<SiteVisit> = async (visit) => {
  const page = inert(await forward(visit, contentOf(visit), { path: "/content/html" }));
  // Who only asks for its head has not read it.
  if (page.ok && visit.request.method === "GET")
    visit.waitUntil(orElse(countView(visit), undefined, "A view was not counted."));
  return page;
};

/** `/api/posts/:slug/content…`, to be read by all. */
export const readContent: Handler<SiteVisit> = async (visit) =>
  inert(await forward(visit, contentOf(visit), { path: contentPath(visit) }));

/** The same, to be written by the owner: what is published goes on its way to whoever follows the site. */
export const writeContent: Handler<MemberVisit> = async (visit) => {
  const body = visit.request.method === "PUT" ? { body: { tenantId: visit.site.subdomain, slug: slugOf(visit) } } : {};
  const response = await forward(visit, contentOf(visit), { path: contentPath(visit), ...body });
  if (["PUT", "PATCH"].includes(visit.request.method) && response.ok) await tellPublished(visit, response.clone());
  return response;
};

/** `/api/posts/:slug/live`, `…/meta` and `…/readers`: what all may know of a post. */
export const readMeta: Handler<SiteVisit> = (visit) => {
  const what = lastOf(visit);
  return forward(visit, metaOf(visit), { path: what === "readers" ? "/presence" : `/${what}` });
};

/** `GET /api/posts/:slug/comments`. */
export const readComments: Handler<SiteVisit> = (visit) => forward(visit, postOf(visit), { path: "/comments" });

/** `GET /api/posts/:slug/presence`: how many read a post; who they are is theirs to tell. */
export const readPresence: Handler<SiteVisit> = async (visit) => {
  const { count } = await postOf(visit).getPresence();
  return Response.json({ count });
};

/** `GET /api/posts/:slug/ws`: the post's socket, of whoever is signed in. */
export const joinPost: Handler<MemberVisit> = (visit) =>
  forward(visit, postOf(visit), { path: "/ws", query: { userId: visit.user.id } });

/** `GET /api/posts/:slug/reactions`, for the post's author. */
export const readReactions: Handler<MemberVisit> = async (visit) =>
  Response.json(await postOf(visit).getReactionCounts());

/** `POST /api/posts/:slug/reactions` `{ type }`: likes a post, or takes it back. */
export const react: Handler<MemberVisit> = async (visit) => {
  const { data, error } = Reaction.safeParse((await jsonOf(visit.request)) ?? {});
  if (!data) return refusal(400, `type ${error.issues[0]?.message === "is required" ? "is required" : "is invalid"}`);
  const toggled = await postOf(visit).toggleReaction(visit.user.id, data.type);
  if (!toggled.added) return Response.json(toggled);
  visit.waitUntil(tellOwner(visit, "reaction", `reaction:${slugOf(visit)}:${visit.user.id}`));
  visit.waitUntil(record(visit, "reaction"));
  return Response.json(toggled);
};

/** `POST /api/posts/:slug/comments` `{ content, parentId? }`. */
export const comment: Handler<MemberVisit> = async (visit) => {
  const id = crypto.randomUUID();
  const response = await forward(visit, postOf(visit), { path: "/comments", body: { id, userId: visit.user.id } });
  if (!response.ok) return response;
  visit.waitUntil(tellOwner(visit, "comment", `comment:${id}`));
  visit.waitUntil(record(visit, "comment_created"));
  return response;
};

function contentPath({ url }: SiteVisit): string {
  return `/${url.pathname.split("/").slice(4).join("/")}`;
}

/** A page that runs nothing: what its author writes is read by others, with their cookies. */
function inert(response: Response): Response {
  const copy = new Response(response.body, response);
  const policy = "script-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'";
  copy.headers.set("Content-Security-Policy", policy);
  copy.headers.set("X-Content-Type-Options", "nosniff");
  return copy;
}

function lastOf({ url }: SiteVisit): string {
  return url.pathname.split("/").at(-1)!;
}

function slugOf({ params }: SiteVisit): string {
  return params["slug"]!;
}

function contentOf(visit: SiteVisit) {
  return getLoomStub(visit.env.POST_CONTENT, nameOfContent(visit));
}

function metaOf(visit: SiteVisit) {
  return getLoomStub(visit.env.POST_META, `post:${part(visit.site.subdomain)}:${slugOf(visit)}`);
}

function postOf(visit: SiteVisit) {
  return getLoomStub(visit.env.POSTS, `post:${part(visit.site.subdomain)}:${slugOf(visit)}`);
}

/** Counts a view with the site and with the post. */
async function countView(visit: SiteVisit): Promise<void> {
  const visitorHash = await visitorOf(visit);
  const { tenant, site, url } = visit;
  const ask = (path: string, body: object) => loomFetch(metaOf(visit), path, "POST", body);
  await Promise.all([
    tenant.recordEvent({
      type: "page_view",
      data: { path: url.pathname, ...(visitorHash && { visitorHash }) },
      timestamp: Date.now(),
    }),
    ask("/meta/init", { tenantId: site.subdomain, slug: slugOf(visit), tier: site.tier }).then(() =>
      ask("/view", { sessionId: visitorHash }),
    ),
  ]);
}

function record({ tenant }: SiteVisit, type: string): Promise<void> {
  return orElse(tenant.recordEvent({ type, timestamp: Date.now() }), undefined, "An event was not counted.");
}

/** Tells the site's owner what somebody has done; that nobody could is not the doer's to know. */
function tellOwner(visit: MemberVisit, type: NewNotification["type"], dedupeKey: string): Promise<void> {
  const tell = async () => {
    const { env, site, user } = visit;
    const owner = env.DB && site.ownerId ? await findUserByEmail(env.DB, site.ownerId) : null;
    if (!owner) return;
    const about = { targetType: "post", targetId: `${site.subdomain}/${slugOf(visit)}`, dedupeKey } as const;
    const notifications = getLoomStub(env.NOTIFICATIONS, `notifications:${owner.id}`);
    await notifications.addNotification({ type, actorId: user.id, ...about });
  };
  return orElse(tell(), undefined, "A site's owner was not told.");
}
