import type { LoomLogger } from "../logger.ts";
import { idOf, nameOf, rowKey, whereOf } from "./key.ts";
import { payloadOf, refused } from "./order.ts";
import type { AlarmPayload } from "./schedule-types.ts";
import { execIfThere } from "./table.ts";
import type { AlarmRow, AlarmTarget } from "./target.ts";
import type { Timetable } from "./timetable.ts";

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

type Targets = ReadonlyMap<string, AlarmTarget>;

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

/** Has the failure `id` run again at once; returns whether there was one. */
export function retryFailed(
  failures: Failures,
  timetable: Timetable,
  [id, targets]: readonly [number, Targets],
): boolean {
  const failure = failures.find(id);
  if (!failure) return false;
  const { payload, first } = failure;
  // Beside its recurrence, which goes on, or stays stopped.
  const key = targets.get(failure.key)?.next ? rowKey(failure.key, `retry ${id}`) : failure.key;
  // In the place of another it would be lost; so would the tries of one that runs.
  if (timetable.has(key)) {
    throw refused(`retry: ${whereOf(key)} has been scheduled anew. Cancel that first, or leave it to run.`);
  }
  timetable.put({ key, payload, due: Date.now(), first, attempt: 0, strikes: 0, spec: null });
  failures.remove(id);
  return true;
}
