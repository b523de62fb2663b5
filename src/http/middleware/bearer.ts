import { LOOM_ERRORS } from "../../catalogue.ts";
import type { LoomRequestContext } from "../context.ts";
import { misuse } from "../../errors.ts";
import { LoomResponse } from "../respond.ts";
import type { Middleware } from "../route-types.ts";

type Tokens = string | readonly string[] | undefined;

/** Which tokens let a caller in. */
export interface BearerOptions {
  /** The token, or any of several; or where to find them, such as the object's bindings. */
  readonly token: string | readonly string[] | ((ctx: LoomRequestContext) => Tokens | Promise<Tokens>);
  /** Shown to a caller who is refused. */
  readonly realm?: string;
}

const encoder = new TextEncoder();

/**
 * Lets in callers who send `Authorization: Bearer <token>`; all others get 401.
 *
 * A token that is not configured lets nobody in: the caller gets a 500 and the log says why.
 *
 * @example
 * ```ts
 * @Use(bearer({ token: ({ env }) => env.ADMIN_TOKEN }))
 * ```
 */
export function bearer({ token, realm }: BearerOptions): Middleware {
  if (typeof token !== "function") checkTokens(token);
  const challenge = realm === undefined ? "Bearer" : `Bearer realm="${realm.replaceAll(/["\\]/g, "\\$&")}"`;
  return async (ctx, next) => {
    const accepted = checkTokens(typeof token === "function" ? await token(ctx) : token);
    const given = tokenOf(ctx.request);
    if (given === undefined) return refuse(challenge);
    if (await isOneOf(given, accepted)) return next();
    return refuse(`${challenge}${realm === undefined ? " " : ", "}error="invalid_token"`);
  };
}

function checkTokens(tokens: Tokens): readonly string[] {
  const list = typeof tokens === "string" ? [tokens] : (tokens ?? []);
  if (list.length > 0 && list.every((token) => typeof token === "string" && token !== "")) return list;
  throw misuse("bearer: there is no token to compare with. Set the secret that `token` reads.");
}

function tokenOf(request: Request): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

/** Compares digests, all of them and each to its end: neither time nor length tells how much of a guess was right. */
async function isOneOf(given: string, accepted: readonly string[]): Promise<boolean> {
  const [found, ...wanted] = await Promise.all([given, ...accepted].map(digest));
  return wanted.filter((each) => crypto.subtle.timingSafeEqual(found!, each)).length > 0;
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", encoder.encode(text));
}

function refuse(challenge: string): Response {
  const response = LoomResponse.error(LOOM_ERRORS.UNAUTHENTICATED);
  response.headers.set("www-authenticate", challenge);
  return response;
}
