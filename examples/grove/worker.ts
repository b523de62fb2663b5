import { isLoomError, LoomResponse } from "loom-do";
import { takeEvents } from "./router/events.ts";
import { log } from "./router/log.ts";
import { findHandler } from "./router/table.ts";
import { refusal } from "./router/visit.ts";
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
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (request.method === "GET" && url.pathname === "/health") return LoomResponse.json(health);
    const found = findHandler(request.method === "HEAD" ? "GET" : request.method, url.pathname);
    if (!found) return new Response("Grove Durable Objects Worker");
    const params = decoded(found.params ?? {});
    if (!params) return refusal(400, "The address is malformed");
    const visit = { request, url, params, env, waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work) };
    try {
      return await found.data(visit);
    } catch (cause) {
      return degraded(cause, url.pathname);
    }
  },
  queue: (batch, env) => takeEvents(batch, env),
} satisfies ExportedHandler<GroveEnv>;

/** What was wrong with the request is told; what was wrong with us is logged, and others go on. */
function degraded(cause: unknown, path: string): Response {
  if (isLoomError(cause) && cause.status < 500) return refusal(cause.status, cause.message.replace(/^[\w-]+: /, ""));
  log.errorWithCause("A request was not answered by whoever should have.", cause, { path });
  return refusal(503, "This is not available now");
}

function decoded(params: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    return undefined; // an escape that is none: the answer says so
  }
}
