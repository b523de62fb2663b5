import { LOOM_ERRORS } from "../catalogue.ts";
import { fromDataText } from "../data/data-text.ts";
import { LoomError } from "../errors.ts";
import type { LoomLogger } from "../logger.ts";
import { idOf, nameOf, whereOf } from "./key.ts";
import type { AlarmRow } from "./target.ts";
import type { Timetable } from "./timetable.ts";

/** An alarm that was given up. */
export interface FailedAlarm {
  /** What `retry` takes. */
  readonly id: number;
  readonly name: string;
  /** The `key` it was scheduled with. */
  readonly key: string | undefined;
  readonly payload: unknown;
  /** What the last try failed with. */
  readonly error: string;
  readonly attempts: number;
  readonly scheduledTime: Date;
  readonly failedAt: Date;
}

interface FailureRow {
  readonly id: number;
  readonly key: string;
  readonly payload: string | null;
  readonly error: string;
  readonly attempts: number;
  readonly first: number;
  readonly failed: number;
}

const ddl =
  "CREATE TABLE IF NOT EXISTS loom_alarm_failures (id INTEGER PRIMARY KEY, key TEXT NOT NULL, payload TEXT, " +
  "error TEXT NOT NULL, attempts INTEGER NOT NULL, first INTEGER NOT NULL, failed INTEGER NOT NULL)";

/** How many are kept: the oldest go first. */
export const maxFailures = 1_000;

/** The alarms that were given up, in a table made by the first. */
export class Failures {
  readonly #sql: SqlStorage;
  readonly #log: Pick<LoomLogger, "warn">;

  constructor(sql: SqlStorage, log: Pick<LoomLogger, "warn">) {
    this.#sql = sql;
    this.#log = log;
  }

  /** Keeps what became of `row`. */
  add(row: AlarmRow, error: unknown): void {
    this.#sql.exec(ddl);
    const newest = this.#read("ORDER BY id DESC LIMIT 1", [])[0]?.id ?? 0;
    const now = Date.now();
    // By the clock: the id of one that was taken back is never another's.
    const values = [Math.max(now, newest + 1), row.key, row.payload, textOf(error), row.attempt, row.first, now];
    this.#sql.exec("INSERT INTO loom_alarm_failures VALUES (?, ?, ?, ?, ?, ?, ?)", ...values);
    this.#trim();
  }

  /** The latest failures, the last one first. */
  list(limit: number): FailedAlarm[] {
    return this.#read("ORDER BY id DESC LIMIT ?", [limit]).map(
      ({ id, key, payload, error, attempts, first, failed }) => ({
        id,
        name: nameOf(key),
        key: idOf(key),
        payload: payload === null ? undefined : fromDataText(payload),
        error,
        attempts,
        scheduledTime: new Date(first),
        failedAt: new Date(failed),
      }),
    );
  }

  find(id: number): Pick<FailureRow, "key" | "payload" | "first"> | undefined {
    return this.#read("WHERE id = ?", [id])[0];
  }

  remove(id: number): void {
    this.#sql.exec("DELETE FROM loom_alarm_failures WHERE id = ?", id);
  }

  #trim(): void {
    const oldest = this.#read(`ORDER BY id DESC LIMIT 1 OFFSET ${maxFailures}`, [])[0];
    if (!oldest) return;
    this.#sql.exec("DELETE FROM loom_alarm_failures WHERE id <= ?", oldest.id);
    this.#log.warn(`More than ${maxFailures} alarms have failed: the oldest failure is forgotten.`, {
      alarm: nameOf(oldest.key),
    });
  }

  #read(rest: string, values: readonly SqlStorageValue[]): FailureRow[] {
    try {
      // The columns are those of the table above.
      return this.#sql
        .exec(`SELECT * FROM loom_alarm_failures ${rest}`, ...values)
        .toArray() as unknown as FailureRow[];
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("no such table: loom_alarm_failures:")) return [];
      throw error;
    }
  }
}

function textOf(error: unknown): string {
  return String(error).slice(0, 2_000);
}

/** Puts the failure `id` back to be run at once; returns whether there was one. */
export function retryFailed(failures: Failures, timetable: Timetable, id: number): boolean {
  const failure = failures.find(id);
  if (!failure) return false;
  const pending = timetable.find(failure.key);
  // A recurrence goes on; anything else that took its place would be lost.
  if (pending && pending.spec === null) throw alreadyPending(failure.key);
  const now = Date.now();
  const { key, payload, first } = failure;
  timetable.put({ key, payload, due: now, first, attempt: 0, strikes: 0, spec: pending?.spec ?? null });
  failures.remove(id);
  return true;
}

function alreadyPending(key: string): LoomError {
  const message = `retry: ${whereOf(key)} has been scheduled anew. Cancel that first, or leave it to run.`;
  return new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message });
}
