import type { GroveEnv, User } from "../types.ts";
import { findCurrentSession } from "./current-session.ts";
import { log } from "./log.ts";
import { findUser } from "./users.ts";

/** Who a request comes from; null when that is nobody, and when it cannot be found out. */
export async function validateAuth(request: Request, env: GroveEnv): Promise<User | null> {
  try {
    const current = await findCurrentSession(request, env);
    if (!current) return null;
    if (!env.DB) throw new Error("The binding DB is missing.");
    return await findUser(env.DB, current.userId);
  } catch (cause) {
    log.errorWithCause("Nobody could say who asks: nobody does.", cause);
    return null;
  }
}
