import { requestClaims, requestTokens } from "../identity.ts";
import type { GroveEnv, User } from "../types.ts";
import { answer, guarded, refusal } from "./answers.ts";
import { sessionsOf } from "./current-session.ts";
import { getDeviceId, parseUserAgent } from "./device.ts";
import { isState, noStateCookie } from "./oauth-state.ts";
import { sessionCookie, sessionLife } from "./session-cookie.ts";
import { callbackOf } from "./sign-in.ts";
import { findUserByEmail, saveUser } from "./users.ts";

/** Who the provider says it is. */
interface Identity {
  readonly email: string;
  readonly name: string;
  /** Whether it has seen that the address is theirs. Until then anybody may say so. */
  readonly isVerified: boolean;
  readonly refreshToken: string;
}

/** `GET /auth/callback`: signs in whoever comes back from the provider with a code. */
export async function handleOAuthCallback(request: Request, env: GroveEnv): Promise<Response> {
  const response = await guarded("A sign-in failed.", () => signIn(request, env));
  response.headers.append("Set-Cookie", noStateCookie(request));
  return response;
}

async function signIn(request: Request, env: GroveEnv): Promise<Response> {
  if (!env.DB || !env.IDENTITY) throw new Error("The binding DB or IDENTITY is missing.");
  const query = new URL(request.url).searchParams;
  if (!(await isState(request, query.get("state") ?? ""))) return refusal(400, "This sign-in was not begun here");
  const identity = await identify(env.IDENTITY, { code: query.get("code") ?? "", redirect_uri: callbackOf(request) });
  if (!identity) return refusal(400, "The sign-in was refused");
  const user = identity.isVerified ? await saveUser(env.DB, identity) : await findUserByEmail(env.DB, identity.email);
  return user ? admit(request, env, { user, identity }) : unverified();
}

/** Null when the provider does not stand by the code. */
async function identify(provider: Fetcher, given: { code: string; redirect_uri: string }): Promise<Identity | null> {
  const tokens = given.code ? await requestTokens(provider, { grant_type: "authorization_code", ...given }) : null;
  if (!tokens) return null;
  if (!tokens.refresh_token) throw new Error("The identity provider gave no refresh token.");
  const { email, name, email_verified } = await requestClaims(provider, tokens.access_token);
  return { email, name, isVerified: email_verified, refreshToken: tokens.refresh_token };
}

/** Counts the attempt before it decides, so that none slips by beside another. */
async function admit(
  request: Request,
  env: GroveEnv,
  { user, identity }: { user: User; identity: Identity },
): Promise<Response> {
  const sessions = sessionsOf(env, user.id);
  const { allowed, lockoutRemaining = 0 } = await sessions.recordLoginAttempt(false);
  // Told of a lock-out, whoever comes with another's address would learn that there is such a user.
  if (!identity.isVerified) return unverified();
  if (!allowed) return tooMany(lockoutRemaining);
  await sessions.recordLoginAttempt(true); // what fails from here on is no fault of the user's
  const userAgent = request.headers.get("User-Agent");
  const { sessionId } = await sessions.createSession({
    deviceId: await getDeviceId(request, env),
    deviceName: parseUserAgent(userAgent),
    refreshToken: identity.refreshToken,
    userAgent,
    ipAddress: request.headers.get("CF-Connecting-IP"),
    expiresIn: sessionLife,
  });
  const cookie = await sessionCookie(request, env, { userId: user.id, sessionId });
  return answer(null, { status: 302, headers: { Location: "/" }, cookies: [cookie] });
}

function unverified(): Response {
  return refusal(403, "The address is not verified");
}

function tooMany(seconds: number): Response {
  return refusal(429, "Too many failed sign-ins", { headers: { "Retry-After": String(seconds) } });
}
