import { fromBase64Url, toBase64Url, utf8 } from "../bytes.ts";
import { signingKey } from "../keys.ts";
import type { GroveEnv } from "../types.ts";
import { cookiesOf, setCookie } from "./cookies.ts";

/** Whose session, and which one. */
export interface SessionName {
  readonly userId: string;
  readonly sessionId: string;
}

/** How long a session lives, and the cookie with it: thirty days, in seconds. */
export const sessionLife = 60 * 60 * 24 * 30;

const name = "grove_session";
const longest = 1_024;
// A browser has one for the host and one for the domain; whoever sends many is asked for no more.
const mostLookedAt = 16;

/** The `Set-Cookie` line of a session: its name, signed, so that nobody makes one up. */
export async function sessionCookie(request: Request, env: GroveEnv, session: SessionName): Promise<string> {
  if (!env.SESSION_SECRET) throw new Error("SESSION_SECRET is missing: nothing signs a cookie.");
  const payload = `${toBase64Url(utf8(session.userId))}.${session.sessionId}`;
  const key = await signingKey(env.SESSION_SECRET, "session cookies");
  const signature = toBase64Url(await crypto.subtle.sign("HMAC", key, utf8(payload)));
  return setCookie(request, { name, value: `${payload}.${signature}`, maxAge: sessionLife, isShared: true });
}

/** The `Set-Cookie` line that takes the cookie away. */
export function noSessionCookie(request: Request): string {
  return setCookie(request, { name, value: "", maxAge: 0, isShared: true });
}

/** The session that a request's cookie names; null without one that Grove has signed. Never throws. */
export async function readSessionCookie(request: Request, env: GroveEnv): Promise<SessionName | null> {
  // The host's own and the domain's come together: any site of the domain can set one, so the first need not be ours.
  for (const value of cookiesOf(request, name).slice(0, mostLookedAt)) {
    const session = value.length <= longest ? await verify(value, env) : null;
    if (session) return session;
  }
  return null;
}

async function verify(value: string, env: GroveEnv): Promise<SessionName | null> {
  const [, payload = "", user = "", sessionId = "", text = ""] =
    /^(([\w-]+)\.([\w-]+))\.([\w-]{43})$/.exec(value) ?? [];
  const [userId, signature] = [fromBase64Url(user), fromBase64Url(text)];
  if (!userId || !signature) return null;
  for (const secret of [env.SESSION_SECRET, env.SESSION_SECRET_PREVIOUS]) {
    const key = secret ? await signingKey(secret, "session cookies") : undefined;
    // Takes as long for a signature that is nearly right as for any other.
    const isSigned = key && (await crypto.subtle.verify("HMAC", key, signature, utf8(payload)));
    if (isSigned) return { userId: new TextDecoder().decode(userId), sessionId };
  }
  return null;
}
