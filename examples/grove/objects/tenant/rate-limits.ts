import type { SqlHelper } from "loom-do";
import { fixedWindow } from "loom-do/patterns";
import type { RateAnswer, RateBudget } from "../../types.ts";

interface Window {
  readonly count: number;
  readonly resets_at: number;
}

/** How often each key was asked for in the window at hand: a check that is allowed writes one row, any other none. */
export class RateLimits {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** Decides, and counts what it allows; `isNew` when it is the first of its key. */
  check(key: string, { limit, windowSeconds }: RateBudget): RateAnswer & { readonly isNew: boolean } {
    const window = windowSeconds * 1_000;
    const row = this.#sql.queryOne<Window>("SELECT count, resets_at FROM rate_limits WHERE key = ?", key);
    const before = row ? { count: row.count, resetAt: row.resets_at } : undefined;
    const { allowed, count, remaining, resetAt } = fixedWindow(before, { limit, window });
    if (allowed) {
      this.#sql`INSERT OR REPLACE INTO rate_limits (key, count, window_start, resets_at)
        VALUES (${key}, ${count}, ${resetAt - window}, ${resetAt})`;
    }
    return { allowed, remaining, resetAt: Math.ceil(resetAt / 1_000), isNew: allowed && !row };
  }

  /** Deletes what is over; true when something is left. Reads every key: rarely, then. */
  sweep(now = Date.now()): boolean {
    this.#sql`DELETE FROM rate_limits WHERE resets_at <= ${now}`;
    return this.#sql`SELECT 1 FROM rate_limits LIMIT 1`.length > 0;
  }
}
