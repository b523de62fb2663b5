import { LoomError, type Middleware } from "loom-do";

const refusals = {
  noTenant: [404, "Tenant not found"],
  noDraft: [404, "Draft not found"],
  noSection: [404, "Section not found"],
  tooManyDrafts: [400, "Too many drafts"],
  draftChanged: [409, "Draft changed elsewhere"],
  sectionExists: [409, "Section already exists"],
  sectionStays: [403, "Section cannot be removed"],
  sectionQuota: [403, "Section quota reached"],
  tooManyWaypoints: [503, "Too many waypoint updates"],
  waypointsUnavailable: [503, "Waypoints unavailable"],
  configUnavailable: [503, "Tenant config unavailable"],
  adminUnavailable: [503, "Admin panel unavailable"],
  statsUnavailable: [503, "Stats unavailable"],
} as const satisfies Record<string, readonly [status: number, text: string]>;

/** Why a site says no. */
export type RefusalKey = keyof typeof refusals;

const code = "GROVE-TENANT";

/** What a caller is told: over RPC an error with a status and this text, over HTTP the text alone. */
export function refusal(key: RefusalKey, cause?: unknown): LoomError {
  const [status, userMessage] = refusals[key];
  return refusalOf(status, userMessage, cause);
}

/** A field whose value the site's rules are against. */
export function invalidField(name: string): LoomError {
  return refusalOf(400, `Invalid field: ${name}`);
}

/** Answers a refusal the way Grove's callers know it: a bare sentence. */
export const plainRefusals: Middleware = async (_ctx, next) => {
  const response = await next();
  if (response.status < 400 || response.headers.get("Content-Type") !== "application/json") return response;
  const body = await response.clone().json<{ error_code?: unknown; error_description?: string }>();
  if (body.error_code !== code) return response;
  return new Response(body.error_description, { status: response.status });
};

function refusalOf(status: number, userMessage: string, cause?: unknown): LoomError {
  const category = status >= 500 ? "admin" : "user";
  return new LoomError({ code, category, userMessage, adminMessage: userMessage }, { status, cause });
}
