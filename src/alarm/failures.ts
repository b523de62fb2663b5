import type { LoomLogger } from "../logger.ts";
import { idOf, nameOf, rowKey } from "./key.ts";
import { payloadOf } from "./order.ts";
import type { AlarmPayload } from "./schedule-types.ts";
import { execIfThere } from "./table.ts";
import type { AlarmRow } from "./target.ts";

/** An alarm that was given up. */
export interface FailedAlarm<Payload = AlarmPayload> {
  /** What `retry` takes. */
  readonly id: number;
  readonly name: string;
  /** The `key` it was scheduled with. */
  readonly key: string | undefined;
  readonly payload: Payload;
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

  /** Keeps what became of `row`; returns what `retry` takes. */
  add(row: AlarmRow, error: unknown): number {
    this.#sql.exec(ddl);
    const newest = this.#read("ORDER BY id DESC LIMIT 1", [])[0]?.id ?? 0;
    const now = Date.now();
    // By the clock: the id of one that was taken back is never another's.
    const id = Math.max(now, newest + 1);
    const values = [id, row.key, row.payload, textOf(error), row.attempt, row.first, now];
    this.#sql.exec("INSERT INTO loom_alarm_failures VALUES (?, ?, ?, ?, ?, ?, ?)", ...values);
    this.#trim();
    return id;
  }

  /** The latest failures, those of `name` if it is given, the last one first. */
  list(limit: number, name?: string): FailedAlarm[] {
    const where = name === undefined ? "TRUE" : "instr(key || char(10), ?) = 1";
    const values = name === undefined ? [limit] : [rowKey(name, ""), limit];
    return this.#read(`WHERE ${where} ORDER BY id DESC LIMIT ?`, values).map(
      ({ id, key, payload, error, attempts, first, failed }) => ({
        id,
        name: nameOf(key),
        key: idOf(key),
        payload: payloadOf(payload),
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
    const rows = execIfThere(this.#sql, `SELECT * FROM loom_alarm_failures ${rest}`, values)?.toArray() ?? [];
    return rows as unknown as FailureRow[]; // the columns are those of the table above
  }
}

/** What a row keeps of `error`, whatever was thrown: a row holds 2 MB, and a message may hold anything. */
export function textOf(error: unknown): string {
  try {
    return String(error).slice(0, 2_000);
  } catch {
    return Object.prototype.toString.call(error);
  }
}
