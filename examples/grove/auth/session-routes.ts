import type { GroveEnv } from "../types.ts";
import { answer, guarded, refusal } from "./answers.ts";
import { type CurrentSession, findCurrentSession } from "./current-session.ts";
import { noSessionCookie, sessionCookie, sessionLife } from "./session-cookie.ts";
import { forSignedIn } from "./sign-out.ts";

/** `GET /session/list`: the devices that are signed in. */
export function listSessions(request: Request, env: GroveEnv): Promise<Response> {
  return forSignedIn(request, env, async ({ session: current, sessions }) => {
    const list = await sessions.listSessions();
    return answer({ sessions: list.map((session) => ({ ...session, isCurrent: session.id === current.id })) });
  });
}

/** `DELETE /session/:id`: signs one device out. */
export function revokeSession(request: Request, env: GroveEnv): Promise<Response> {
  return forSignedIn(request, env, async ({ session: current, sessions }) => {
    const id = new URL(request.url).pathname.split("/").at(-1)!;
    if (!(await sessions.revokeSession(id))) return refusal(404, "Session not found");
    return answer({ success: true }, { cookies: id === current.id ? [noSessionCookie(request)] : [] });
  });
}

/** `POST /session/revoke-all`: signs all devices out; with `?keep=current` all others. */
export function revokeAllSessions(request: Request, env: GroveEnv): Promise<Response> {
  return forSignedIn(request, env, async ({ session: current, sessions }) => {
    const isKept = new URL(request.url).searchParams.get("keep") === "current";
    const revokedCount = await sessions.revokeAllSessions(...(isKept ? [current.id] : []));
    return answer({ success: true, revokedCount }, { cookies: isKept ? [] : [noSessionCookie(request)] });
  });
}

/** `POST /session/validate`: whether the browser is signed in; one that comes back stays so for thirty days more. */
export function validateSession(request: Request, env: GroveEnv): Promise<Response> {
  return guarded("A session could not be validated.", async () => {
    const current = await findCurrentSession(request, env);
    if (!current) return answer({ valid: false });
    const { id, deviceName, lastActiveAt } = current.session;
    const cookies = await prolong(request, env, current);
    return answer({ valid: true, userId: current.userId, session: { id, deviceName, lastActiveAt } }, { cookies });
  });
}

/** Once half of its life is over a session is given the whole again: the cookie that says so, if it was. */
async function prolong(request: Request, env: GroveEnv, { userId, session, sessions }: CurrentSession) {
  const left = (session.expiresAt - Date.now()) / 1000;
  if (left > sessionLife / 2) return [];
  await sessions.extendSession(session.id, sessionLife - left);
  return [await sessionCookie(request, env, { userId, sessionId: session.id })];
}
