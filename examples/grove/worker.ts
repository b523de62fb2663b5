import { LoomResponse } from "loom-do";
import { getLoomStub, routeToObject } from "loom-do/worker";
import type { GroveEnv } from "./types.ts";

export { AnalyticsDO } from "./objects/analytics.ts";
export { ChatDO } from "./objects/chat.ts";
export { ExportDO } from "./objects/export.ts";
export { FeedDO } from "./objects/feed.ts";
export { NotificationDO } from "./objects/notification.ts";
export { PostDO } from "./objects/post.ts";
export { PostContentDO } from "./objects/post-content.ts";
export { PostMetaDO } from "./objects/post-meta.ts";
export { SentinelDO } from "./objects/sentinel.ts";
export { SessionDO } from "./objects/session.ts";
export { TenantDO } from "./objects/tenant.ts";
export { ThresholdDO } from "./objects/threshold.ts";
export { TriageDO } from "./objects/triage.ts";

const classes = [
  "AnalyticsDO",
  "ChatDO",
  "ExportDO",
  "FeedDO",
  "NotificationDO",
  "PostDO",
  "PostContentDO",
  "PostMetaDO",
  "SentinelDO",
  "SessionDO",
  "TenantDO",
  "ThresholdDO",
  "TriageDO",
];

const health = { status: "ok", service: "grove-durable-objects", classes };

export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (request.method === "GET" && pathname === "/health") return LoomResponse.json(health);
    return (
      routeToObject(request, env.POST_CONTENT, "/api/posts/:tenantId/:slug/*", {
        // Escaped, a colon in a tenant's id cannot pass for the one that ends it.
        name: ({ tenantId, slug }) => `content:${encodeURIComponent(tenantId)}:${slug}`,
      }) ??
      routeToObject(request, env.TENANTS, "/api/tenants/:subdomain/*", {
        name: ({ subdomain }) => `tenant:${subdomain}`,
      }) ??
      routeByHeader(request, env, pathname) ??
      new Response("Grove Durable Objects Worker")
    );
  },
} satisfies ExportedHandler<GroveEnv>;

/** Grove's own callers name the site in a header and use the object's paths as they are. */
function routeByHeader(request: Request, env: GroveEnv, pathname: string): Promise<Response> | null {
  const subdomain = request.headers.get("X-Tenant-Subdomain");
  if (!subdomain || !/^\/(config|drafts|analytics)(\/|$)/.test(pathname)) return null;
  return getLoomStub(env.TENANTS, `tenant:${subdomain}`).fetch(request);
}
