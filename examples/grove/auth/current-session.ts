import { isLoomError } from "loom-do";
import { getLoomStub } from "loom-do/worker";
import { SESSION_ERRORS } from "../objects/session/errors.ts";
import type { SessionDO } from "../objects/session.ts";
import type { GroveEnv, Session } from "../types.ts";
import { log } from "./log.ts";
import { readSessionCookie } from "./session-cookie.ts";

type Sessions = DurableObjectStub<SessionDO>;

/** Who asks, by which session, and the object that has it. */
export interface CurrentSession {
  readonly userId: string;
  readonly session: Session;
  readonly sessions: Sessions;
}

/** The object that has a user's sessions. */
export function sessionsOf(env: GroveEnv, userId: string): Sessions {
  return getLoomStub(env.SESSIONS, `session:${userId}`);
}

/** The session of a request, its access renewed where that is due; null when it has none that is valid. */
export async function findCurrentSession(request: Request, env: GroveEnv): Promise<CurrentSession | null> {
  const named = await readSessionCookie(request, env);
  if (!named) return null;
  const sessions = sessionsOf(env, named.userId);
  const check = await sessions.validateSession(named.sessionId);
  if (!check.valid) return null;
  if (check.needsRefresh && !(await refresh(sessions, named.sessionId))) return null;
  return { userId: named.userId, session: check.session, sessions };
}

/** False when the provider has withdrawn access. While it is away its word from before holds. */
async function refresh(sessions: Sessions, sessionId: string): Promise<boolean> {
  try {
    return (await sessions.refreshSession(sessionId)) !== null;
  } catch (cause) {
    if (!isLoomError(cause) || cause.code !== SESSION_ERRORS.NO_ANSWER.code) throw cause;
    log.errorWithCause("A session could not be renewed.", cause);
    return true;
  }
}
