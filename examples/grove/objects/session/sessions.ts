import type { SqlHelper } from "loom-do";
import type { NewSession, Session } from "../../types.ts";
import { longestLife } from "./schemas.ts";
import type { KeptTokens } from "./tokens.ts";

/** What a session is stored in, its tokens aside. */
interface SessionRow {
  readonly id: string;
  readonly device_id: string;
  readonly device_name: string | null;
  readonly created_at: number;
  readonly last_active_at: number;
  readonly expires_at: number;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly access_expires_at: number | null;
}

/** A session, and whether its access token is about to end. */
interface FoundSession {
  readonly session: Session;
  readonly needsRefresh: boolean;
}

const mostSessions = 10;
const unknownDevice = "Unknown Device";
const noteEvery = 60_000;
const refreshAhead = 60_000;

/** A user's sessions, a row each. */
export class Sessions {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** A session that has not expired. */
  find(id: string, now = Date.now()): FoundSession | undefined {
    const [row] = this.#sql<SessionRow>`SELECT * FROM sessions WHERE id = ${id} AND expires_at > ${now}`;
    if (!row) return undefined;
    const isEnding = row.access_expires_at !== null && row.access_expires_at - now < refreshAhead;
    return { session: sessionOf(row), needsRefresh: isEnding };
  }

  /** The tokens of a session that has not expired. */
  tokensOf(id: string): KeptTokens | undefined {
    return this.#sql<KeptTokens>`SELECT refresh_token_enc, access_token_hash, access_expires_at FROM sessions
      WHERE id = ${id} AND expires_at > ${Date.now()} AND refresh_token_enc IS NOT NULL`[0];
  }

  list(now = Date.now()): Session[] {
    const rows = this.#sql<SessionRow>`SELECT * FROM sessions WHERE expires_at > ${now}
      ORDER BY last_active_at DESC, created_at DESC, id`;
    return rows.map(sessionOf);
  }

  count(now = Date.now()): number {
    return this.#sql<{ n: number }>`SELECT count(*) AS n FROM sessions WHERE expires_at > ${now}`[0]!.n;
  }

  /** Adds a session; those that were used longest ago make room for it. */
  add(id: string, given: NewSession, tokens?: KeptTokens): void {
    const now = Date.now();
    this.#makeRoom(now);
    const { deviceId, deviceName, ipAddress = null, userAgent = null } = given;
    const expiresAt = now + Math.floor((given.expiresInSeconds ?? given.expiresIn ?? 0) * 1000);
    this.#sql.exec(
      `INSERT INTO sessions (id, device_id, device_name, ip_address, user_agent, created_at, last_active_at, expires_at,
         refresh_token_enc, access_token_hash, access_expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, deviceId, deviceName || unknownDevice, ipAddress, userAgent, now, now, expiresAt],
      ...[tokens?.refresh_token_enc ?? null, tokens?.access_token_hash ?? null, tokens?.access_expires_at ?? null],
    );
  }

  /** Keeps a session's tokens; false when it is gone. */
  keepTokens(id: string, { refresh_token_enc, access_token_hash, access_expires_at }: KeptTokens): boolean {
    const kept = this.#sql`UPDATE sessions SET refresh_token_enc = ${refresh_token_enc},
      access_token_hash = ${access_token_hash}, access_expires_at = ${access_expires_at}
      WHERE id = ${id} AND expires_at > ${Date.now()} RETURNING id`;
    return kept.length > 0;
  }

  /** Notes that a session is in use, unless that was noted within the last minute. */
  touch(id: string, now = Date.now()): void {
    this.#sql`UPDATE sessions SET last_active_at = ${now}
      WHERE id = ${id} AND expires_at > ${now} AND last_active_at <= ${now - noteEvery}`;
  }

  /** Adds to a session's life, up to a year in all; false when it is gone. */
  extend(id: string, seconds: number): boolean {
    const found = this.find(id);
    if (!found) return false;
    const { createdAt, expiresAt } = found.session;
    const wanted = Math.min(expiresAt + Math.floor(seconds * 1000), createdAt + longestLife * 1000);
    this.#sql`UPDATE sessions SET expires_at = ${Math.max(expiresAt, wanted)} WHERE id = ${id}`;
    return true;
  }

  /** Deletes a session; false when there was none. */
  delete(id: string): boolean {
    return this.#sql`DELETE FROM sessions WHERE id = ${id} RETURNING id`.length > 0;
  }

  /** Deletes all sessions but one: how many. */
  deleteAll(except = ""): number {
    return this.#sql`DELETE FROM sessions WHERE id <> ${except} RETURNING id`.length;
  }

  /** Deletes what has expired. */
  sweep(now = Date.now()): void {
    this.#sql`DELETE FROM sessions WHERE expires_at <= ${now}`;
  }

  /** When the next session expires; null when there is none. */
  get nextExpiry(): number | null {
    return this.#sql<{ next: number | null }>`SELECT min(expires_at) AS next FROM sessions`[0]!.next;
  }

  #makeRoom(now: number): void {
    this.sweep(now);
    this.#sql`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions
      ORDER BY last_active_at DESC, created_at DESC, id LIMIT -1 OFFSET ${mostSessions - 1})`;
  }
}

/** A session as callers see it: nothing of its tokens. */
function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    deviceId: row.device_id,
    deviceName: row.device_name ?? unknownDevice,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    expiresAt: row.expires_at,
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
  };
}
