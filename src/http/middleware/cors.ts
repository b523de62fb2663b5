import type { LoomRequestContext } from "../context.ts";
import { LOOM_ERRORS } from "../../catalogue.ts";
import { LoomError, misuse } from "../../errors.ts";
import { isUpgrade } from "../upgrade.ts";
import type { Middleware } from "../route-types.ts";

/** Which other sites' pages may call, and what they may send and read. */
export interface CorsOptions {
  /** The origins that may call: any, one, some, or those a function says yes to. @default "*" */
  readonly origin?: string | readonly string[] | ((origin: string, ctx: LoomRequestContext) => boolean);
  /** @default GET, HEAD, POST, PUT, PATCH, DELETE */
  readonly methods?: readonly string[];
  /** Request headers a page may set. @default those its preflight asks for */
  readonly allowHeaders?: readonly string[];
  /** Response headers a page may read, beside the few every page may. */
  readonly exposeHeaders?: readonly string[];
  /** Lets pages send cookies; needs origins by name. @default false */
  readonly credentials?: boolean;
  /** Seconds a browser keeps the answer to a preflight. */
  readonly maxAge?: number;
}

const defaultMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Lets pages of other origins call: answers their preflights and marks the answers they may read, failures included.
 *
 * An upgrade to a WebSocket from a page of any other origin is refused with 403.
 * Put it above an authenticating middleware: a preflight carries no credentials.
 *
 * @example
 * ```ts
 * @Use(cors({ origin: ["https://grove.place"], credentials: true }))
 * export class TenantDO extends LoomDO {}
 * ```
 */
export function cors(options: CorsOptions = {}): Middleware {
  const { origin = "*" } = options;
  if (options.credentials && (origin === "*" || (Array.isArray(origin) && origin.includes("*")))) {
    throw misuse('cors: browsers refuse credentials for any origin. Name the origins: `origin: ["https://…"]`.');
  }
  return async (ctx, next) => {
    checkUpgrade(origin, ctx);
    const headers = grantsFor(options, ctx);
    const isPreflight = ctx.method === "OPTIONS" && ctx.request.headers.has("access-control-request-method");
    if (!isPreflight) return withHeaders(await next(), headers);
    if (headers.has("access-control-allow-origin")) addPreflight(headers, options, ctx.request);
    return new Response(null, { status: 204, headers });
  };
}

/** Refuses pages of other origins a WebSocket: there browsers leave it to the server, and send cookies along. */
function checkUpgrade(origin: NonNullable<CorsOptions["origin"]>, ctx: LoomRequestContext): void {
  const caller = isUpgrade(ctx.request) ? ctx.request.headers.get("origin") : null;
  // A page of the same origin says so too, and needs no permission.
  if (caller !== null && caller !== ctx.url.origin && !isAllowed(origin, caller, ctx))
    throw new LoomError(LOOM_ERRORS.FORBIDDEN);
}

/** The headers every answer gets: who may read it, and that this depends on who asks. */
function grantsFor({ origin = "*", exposeHeaders = [], credentials }: CorsOptions, ctx: LoomRequestContext): Headers {
  const headers = new Headers();
  const caller = ctx.request.headers.get("origin");
  if (origin !== "*") headers.set("vary", "Origin");
  if (caller === null || !isAllowed(origin, caller, ctx)) return headers;
  headers.set("access-control-allow-origin", origin === "*" ? "*" : caller);
  if (credentials) headers.set("access-control-allow-credentials", "true");
  if (exposeHeaders.length > 0) headers.set("access-control-expose-headers", exposeHeaders.join(", "));
  return headers;
}

function isAllowed(origin: NonNullable<CorsOptions["origin"]>, caller: string, ctx: LoomRequestContext): boolean {
  if (typeof origin === "function") return origin(caller, ctx);
  return (
    origin === "*" || origin === caller || (Array.isArray(origin) && (origin.includes(caller) || origin.includes("*")))
  );
}

function addPreflight(headers: Headers, options: CorsOptions, request: Request): void {
  headers.set("access-control-allow-methods", (options.methods ?? defaultMethods).join(", "));
  const allowHeaders = options.allowHeaders?.join(", ") ?? request.headers.get("access-control-request-headers");
  if (allowHeaders) headers.set("access-control-allow-headers", allowHeaders);
  if (options.allowHeaders === undefined) headers.append("vary", "Access-Control-Request-Headers");
  if (options.maxAge !== undefined) headers.set("access-control-max-age", String(options.maxAge));
}

function withHeaders(response: Response, headers: Headers): Response {
  // A response that came from elsewhere (a stub, `fetch`, a cache) has headers nobody can change; a copy of an upgrade
  // keeps its socket (workerd 2026-10-23).
  const answer = new Response(response.body, response);
  for (const [name, value] of headers) {
    if (name === "vary") answer.headers.append(name, value);
    else answer.headers.set(name, value);
  }
  return answer;
}
