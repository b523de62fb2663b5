import { LoomResponse } from "loom-do";
import { getLoomStub, routeToObject } from "loom-do/worker";
import type { GroveEnv } from "./types.ts";

export { PostContentDO } from "./objects/post-content.ts";
export { TenantDO } from "./objects/tenant.ts";

const health = { status: "ok", service: "grove-durable-objects", classes: ["PostContentDO", "TenantDO"] };

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
