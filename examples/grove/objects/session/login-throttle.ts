import type { SqlHelper } from "loom-do";
import type { LoginAllowance, LoginAttempt } from "../../types.ts";

const key = "login";
const mostFailures = 5;
const windowLength = 300_000;
const lockoutLength = 900_000;

interface Row {
  readonly count: number;
  readonly window_start: number;
}

/** Failed sign-ins: five in five minutes lock the user out until fifteen after the first. */
export class LoginThrottle {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  allowance(now = Date.now()): LoginAllowance {
    const row = this.#running(now);
    if (row && isLocked(row)) return { allowed: false, remainingAttempts: 0, resetAt: endOf(row) };
    return { allowed: true, remainingAttempts: mostFailures - (row?.count ?? 0), resetAt: null };
  }

  /** Decides on an attempt and counts it as failed, in one step; during a lock-out nothing is counted. */
  reserve(now = Date.now()): LoginAttempt {
    const row = this.#running(now) ?? { count: 0, window_start: now };
    if (isLocked(row)) return { allowed: false, lockoutRemaining: secondsUntil(endOf(row), now) };
    const counted = { ...row, count: row.count + 1 };
    this.#sql`INSERT INTO rate_limits (key, count, window_start) VALUES (${key}, ${counted.count}, ${row.window_start})
      ON CONFLICT (key) DO UPDATE SET count = excluded.count, window_start = excluded.window_start`;
    return { allowed: true, ...(isLocked(counted) && { lockoutRemaining: secondsUntil(endOf(counted), now) }) };
  }

  /** Forgets the failures. */
  clear(): void {
    this.#sql.exec("DELETE FROM rate_limits WHERE key = ?", key);
  }

  /** Forgets failures that count for nothing any more. */
  sweep(now = Date.now()): void {
    if (!this.#running(now)) this.clear();
  }

  /** When the failures count for nothing; null when there are none. */
  get end(): number | null {
    const row = this.#row;
    return row && endOf(row);
  }

  #running(now: number): Row | null {
    const row = this.#row;
    return row && endOf(row) > now ? row : null;
  }

  get #row(): Row | null {
    return this.#sql<Row>`SELECT count, window_start FROM rate_limits WHERE key = ${key}`[0] ?? null;
  }
}

function isLocked({ count }: Row): boolean {
  return count >= mostFailures;
}

function endOf(row: Row): number {
  return row.window_start + (isLocked(row) ? lockoutLength : windowLength);
}

function secondsUntil(time: number, now: number): number {
  return Math.ceil((time - now) / 1000);
}
