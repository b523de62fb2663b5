import { getLoomStub, loomFetch } from "loom-do/worker";
import { z } from "zod";
import { jsonOf } from "./body.ts";
import { forward, part } from "./forward.ts";
import { type Handler, type MemberVisit, refusal, type UserVisit } from "./visit.ts";

const Ordered = z
  .object({
    includeImages: z.boolean().default(false),
    deliveryMethod: z.enum(["email", "download"]).default("download"),
  })
  .prefault({});

/** `/api/admin/*` and `/live`: the site's own panel and its dashboard. */
export const panel: Handler<MemberVisit> = (visit) => forward(visit, visit.tenant);

/** `/api/drafts…`, as the editor calls them. */
export const drafts: Handler<MemberVisit> = (visit) =>
  forward(visit, visit.tenant, { path: visit.url.pathname.replace(/^\/api\/drafts/, "/api/admin/drafts") });

/** `POST /api/exports` `{ includeImages?, deliveryMethod? }`: begins an export; its row in D1 is there before it. */
export const beginExport: Handler<MemberVisit> = async (visit) => {
  const { data: ordered } = Ordered.safeParse(await jsonOf(visit.request));
  const { env, site, user } = visit;
  if (!ordered) return refusal(400, "Invalid export");
  if (!env.DB) return refusal(503, "Exports are not available");
  const [id, seconds] = [crypto.randomUUID(), Math.floor(Date.now() / 1000)];
  await env.DB.prepare(
    `INSERT INTO storage_exports (id, tenant_id, user_email, include_images, delivery_method, status, progress, created_at,
       updated_at) VALUES (?1, ?2, ?3, ?4, ?5, 'pending', 0, ?6, ?6)`,
  )
    .bind(id, site.id, user.email, ordered.includeImages ? 1 : 0, ordered.deliveryMethod, seconds)
    .run();
  const about = { exportId: id, tenantId: site.id, userEmail: user.email, username: site.subdomain };
  const response = await loomFetch(exportOf(visit, id), "/start", "POST", { ...about, ...ordered });
  return response.ok ? Response.json({ id, ...(await response.json<object>()) }, { status: 202 }) : response;
};

/** `GET /api/exports/:id` and `POST /api/exports/:id/cancel`. */
export const followExport: Handler<MemberVisit> = (visit) => {
  const path = visit.request.method === "POST" ? "/cancel" : "/status";
  return forward(visit, exportOf(visit, visit.params["id"]!), { path });
};

/** `/api/load-tests/:id/*`: one run against the local stores. */
export const loadTest: Handler<MemberVisit> = (visit) => {
  const { env, site, params, url, request } = visit;
  const sentinel = getLoomStub(env.SENTINEL, `sentinel:${part(site.id)}:${params["id"]}`);
  const path = `/${url.pathname.split("/").slice(4).join("/")}`;
  const body = request.method === "POST" ? { body: { runId: params["id"], tenantId: site.id } } : {};
  return forward(visit, sentinel, { path, ...body });
};

/** `/api/mailbox/*`: of the one person who has one. */
export const mailbox: Handler<UserVisit> = (visit) => {
  if (visit.user.email !== visit.env.MAILBOX_OWNER) return refusal(403, "This is not your mailbox");
  return forward(visit, getLoomStub(visit.env.TRIAGE, "triage:owner"), {
    path: visit.url.pathname.slice("/api/mailbox".length),
  });
};

function exportOf({ env, site }: MemberVisit, id: string) {
  return getLoomStub(env.EXPORTS, `export:${part(site.id)}:${id}`);
}
