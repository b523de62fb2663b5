import { Alarm, type AlarmReference, Locked, Loom, LoomError, Migration, Rpc, type SqlHelper } from "loom-do";
import { z } from "zod";
import type { AccessToken, CreatedSession, LoginAllowance, LoginAttempt } from "../types.ts";
import type { NewSession, Session, SessionCheck } from "../types.ts";
import { GroveObject } from "./grove-object.ts";
import { SESSION_ERRORS } from "./session/errors.ts";
import { LoginThrottle } from "./session/login-throttle.ts";
import { MoreSeconds, NewSessionBody, SessionId } from "./session/schemas.ts";
import { Sessions } from "./session/sessions.ts";
import { firstTables, tokenColumns } from "./session/tables.ts";
import { hashOf, Tokens } from "./session/tokens.ts";

/** One user: the sessions of its devices and what guards its sign-in. */
@Loom({ name: "SessionDO" })
export class SessionDO extends GroveObject {
  readonly #sessions = new Sessions(this.sql);
  readonly #throttle = new LoginThrottle(this.sql);
  readonly #tokens = new Tokens(this.env, this.log);

  @Migration(1) createTables(sql: SqlHelper) {
    sql.exec(firstTables);
  }

  @Migration(2) addTokens(sql: SqlHelper) {
    sql.exec(tokenColumns);
  }

  /** Signs a device in. In one line with `revokeAllSessions`: what is asked first is done first. */
  @Rpc({ args: [NewSessionBody] })
  @Locked("sessions", { mode: "queue" })
  async createSession({ refreshToken, ...session }: NewSession): Promise<CreatedSession> {
    if (!this.#userId) throw new LoomError(SESSION_ERRORS.NAMELESS);
    const sessionId = crypto.randomUUID();
    const tokens = refreshToken === undefined ? undefined : await this.#tokens.issue(sessionId, refreshToken);
    this.#sessions.add(sessionId, session, tokens?.kept);
    this.#scheduleExpiry();
    return { sessionId, ...(tokens && { accessToken: tokens.access.accessToken }) };
  }

  /** Whether a session is signed in. It is noted that it is in use, once a minute. */
  @Rpc({ args: [SessionId, z.boolean().optional()] })
  validateSession(sessionId: string, updateLastActive = true): SessionCheck {
    if (updateLastActive) this.#sessions.touch(sessionId);
    const found = this.#sessions.find(sessionId);
    return found ? { valid: true, ...found, userId: this.#userId } : { valid: false };
  }

  /** Replaces a session's access token; null when there is no session, or nothing that renews it. */
  @Rpc({ args: [SessionId] })
  @Locked((sessionId: string) => `refresh:${sessionId}`)
  async refreshSession(sessionId: string): Promise<AccessToken | null> {
    const sealed = this.#sessions.tokensOf(sessionId)?.refresh_token_enc;
    const refreshToken = sealed ? await this.#tokens.read(sessionId, sealed) : null;
    if (refreshToken === null) return null;
    const renewed = await this.#tokens.renew(refreshToken);
    if (renewed === null) {
      this.revokeSession(sessionId);
      return null;
    }
    const { access, kept } = await this.#tokens.issue(sessionId, renewed);
    return this.#sessions.keepTokens(sessionId, kept) ? access : null;
  }

  /** Whether this is the access token that a session has now. */
  @Rpc({ args: [SessionId, z.string()] })
  async verifyAccessToken(sessionId: string, accessToken: string): Promise<boolean> {
    const hash = await hashOf(accessToken);
    const kept = this.#sessions.tokensOf(sessionId);
    return kept?.access_token_hash === hash && Date.now() < kept.access_expires_at;
  }

  @Rpc({ args: [SessionId] })
  revokeSession(sessionId: string): boolean {
    const isGone = this.#sessions.delete(sessionId);
    if (isGone) this.#scheduleExpiry();
    return isGone;
  }

  /** Signs all devices out, or all but one: how many sessions went. */
  @Rpc({ args: [SessionId.optional()] })
  @Locked("sessions", { mode: "queue" })
  async revokeAllSessions(exceptSessionId?: string): Promise<number> {
    const count = this.#sessions.deleteAll(exceptSessionId);
    if (count > 0) this.#scheduleExpiry();
    return count;
  }

  @Rpc({ args: [] })
  listSessions(): Session[] {
    return this.#sessions.list();
  }

  @Rpc({ args: [] })
  getSessionCount(): number {
    return this.#sessions.count();
  }

  /** Adds to a session's life. */
  @Rpc({ args: [SessionId, MoreSeconds] })
  extendSession(sessionId: string, additionalSeconds: number): boolean {
    const isExtended = this.#sessions.extend(sessionId, additionalSeconds);
    if (isExtended) this.#scheduleExpiry();
    return isExtended;
  }

  @Rpc({ args: [] })
  checkLoginRateLimit(): LoginAllowance {
    return this.#throttle.allowance();
  }

  /** Asked with `false` before credentials are looked at, decides and counts in one step; told `true`, forgets. */
  @Rpc({ args: [z.boolean()] })
  recordLoginAttempt(success: boolean): LoginAttempt {
    const attempt = success ? { allowed: true } : this.#throttle.reserve();
    if (success) this.#throttle.clear();
    this.#setAlarm(this.forgetFailures, this.#throttle.end);
    return attempt;
  }

  /** The unnamed alarm, which is also what an object from before Loom has set. */
  @Alarm()
  expire() {
    this.#sessions.sweep();
    this.#scheduleExpiry();
  }

  @Alarm("forget failures")
  forgetFailures() {
    this.#throttle.sweep();
    this.#setAlarm(this.forgetFailures, this.#throttle.end);
  }

  #scheduleExpiry(): void {
    const next = this.#sessions.nextExpiry;
    this.#setAlarm(this.expire, next === null ? null : next + 1_000);
  }

  #setAlarm(target: AlarmReference, time: number | null): void {
    if (time === this.alarms.getScheduledTime(target)) return;
    void (time === null ? this.alarms.cancel(target) : this.alarms.schedule(target, new Date(time)));
  }

  get #userId(): string {
    return /^session:(.+)$/s.exec(this.ctx.id.name ?? "")?.[1] ?? "";
  }
}
