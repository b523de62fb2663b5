import type { GroveEnv } from "../types.ts";
import { answer, guarded, refusal } from "./answers.ts";
import { findCurrentSession, type CurrentSession } from "./current-session.ts";
import { noSessionCookie } from "./session-cookie.ts";

/** Answers whoever is signed in; anybody else gets a 401, and loses a cookie that is good for nothing. */
export function forSignedIn(
  request: Request,
  env: GroveEnv,
  work: (current: CurrentSession) => Promise<Response>,
): Promise<Response> {
  return guarded("A user's sessions could not be reached.", async () => {
    const current = await findCurrentSession(request, env);
    return current ? work(current) : refusal(401, "Not signed in", { cookies: [noSessionCookie(request)] });
  });
}

/** `POST /auth/sign-out`: ends the session of this browser. */
export function signOut(request: Request, env: GroveEnv): Promise<Response> {
  return forSignedIn(request, env, async ({ session, sessions }) => {
    await sessions.revokeSession(session.id);
    return answer({ success: true }, { cookies: [noSessionCookie(request)] });
  });
}

/** `POST /auth/sign-out-everywhere`: ends the sessions of all devices, this one among them. */
export function signOutEverywhere(request: Request, env: GroveEnv): Promise<Response> {
  return forSignedIn(request, env, async ({ sessions }) => {
    const revokedCount = await sessions.revokeAllSessions();
    return answer({ success: true, revokedCount }, { cookies: [noSessionCookie(request)] });
  });
}
