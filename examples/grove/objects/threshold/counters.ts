import type { SqlHelper } from "loom-do";
import { RowCount } from "../../row-count.ts";
import type { ThresholdCheck, ThresholdDecision } from "../../types.ts";

interface Row {
  readonly count: number;
  readonly window_start: number;
  readonly window_seconds: number;
}

const maxKeys = 10_000;

/** One object's counters: a row a key, its window in Unix seconds. */
export class Counters {
  readonly #sql: SqlHelper;
  readonly #count: RowCount;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
    this.#count = new RowCount(sql, "rate_limits");
  }

  /** How many keys there are. */
  get size(): number {
    return this.#count.value;
  }

  /** Decides, and counts what it allows; undefined when there is no room for another key. */
  check({ key, limit, windowSeconds, cost = 1 }: ThresholdCheck, now = secondsNow()): ThresholdDecision | undefined {
    const running = this.#running(key, now);
    const window = running ?? { count: 0, window_start: now, window_seconds: windowSeconds };
    const resetAt = window.window_start + window.window_seconds;
    const count = window.count + cost;
    if (count > limit) return { allowed: false, remaining: 0, resetAt, retryAfter: resetAt - now };
    if (!running && !this.#hasRoom(key, now)) return undefined;
    this.#sql`INSERT INTO rate_limits VALUES (${key}, ${count}, ${window.window_start}, ${window.window_seconds})
      ON CONFLICT (key) DO UPDATE SET count = excluded.count, window_start = excluded.window_start,
        window_seconds = excluded.window_seconds`;
    return { allowed: true, remaining: limit - count, resetAt };
  }

  /** Deletes what counts for nothing any more; whether something is left. */
  sweep(now = secondsNow()): boolean {
    this.#sql`DELETE FROM rate_limits WHERE window_start + window_seconds <= ${now}`;
    this.#count.forget();
    return this.size > 0;
  }

  /** The window that a key is in: it ends when it was said to, whatever is asked meanwhile. */
  #running(key: string, now: number): Row | undefined {
    const [row] = this.#sql<Row>`SELECT count, window_start, window_seconds FROM rate_limits WHERE key = ${key}`;
    if (!row || row.window_start + row.window_seconds <= now) return undefined;
    // A clock that was set back must not hold the key for longer than a window.
    return { ...row, window_start: Math.min(row.window_start, now) };
  }

  #hasRoom(key: string, now: number): boolean {
    if (this.#sql.queryOne("SELECT 1 FROM rate_limits WHERE key = ?", key)) return true;
    if (this.size >= maxKeys) this.sweep(now);
    if (this.size >= maxKeys) return false;
    this.#count.change(1);
    return true;
  }
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
