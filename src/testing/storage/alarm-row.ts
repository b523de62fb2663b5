import type { Disk } from "./disk.ts";

const table = "CREATE TABLE IF NOT EXISTS _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)";
const lastTime = Date.UTC(2189, 11, 31, 23, 59, 59, 999);

/** The object's one alarm: a row, so that it is rolled back like one. */
export class AlarmRow {
  readonly #disk: Disk;
  /** True while `alarm()` runs and has set no other: the row stays until it has succeeded, but nobody sees it. */
  #isSpent = false;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** When it is to fire. */
  get(): number | null {
    return this.#isSpent ? null : this.#stored();
  }

  /** Writes nothing for the time that is set already. */
  set(time: number): void {
    this.#isSpent = false;
    if (this.#stored() !== time) this.#write("INSERT OR REPLACE INTO _cf_METADATA VALUES (1, ?)", time);
  }

  delete(): void {
    this.#isSpent = false;
    if (this.#stored() !== null) this.#write("DELETE FROM _cf_METADATA WHERE key = 1");
  }

  /** `alarm()` begins. */
  spend(): void {
    this.#isSpent = true;
  }

  /** `alarm()` has succeeded: now the row goes, unless the handler has set another alarm. */
  finish(): void {
    if (this.#isSpent) this.delete();
  }

  /** `alarm()` has failed. */
  restore(): void {
    this.#isSpent = false;
  }

  /** A transaction is about to begin: returns what takes its part of the alarm back. */
  mark(): () => void {
    const isSpent = this.#isSpent;
    return () => {
      this.#isSpent = isSpent;
    };
  }

  #stored(): number | null {
    const { database } = this.#disk;
    if (database.value("SELECT 1 FROM sqlite_schema WHERE name = '_cf_METADATA'") === undefined) return null;
    return (database.value("SELECT value FROM _cf_METADATA WHERE key = 1") as number | undefined) ?? null;
  }

  #write(sql: string, ...values: number[]): void {
    this.#disk.touch();
    this.#disk.database.exec(table);
    this.#disk.database.run(sql, values);
  }
}

/** The time that `setAlarm` was given, in whole milliseconds and not in the past of `now`. */
export function alarmTime(given: unknown, now: number): number {
  if (!(typeof given === "number" || given instanceof Date)) {
    throw new TypeError("Failed to execute 'setAlarm' on 'DurableObjectStorage': parameter 1 is not of type 'date'.");
  }
  const time = Math.trunc(Number(given));
  if (Number.isNaN(time)) throw new TypeError("The value cannot be converted because it is not a valid Date.");
  if (time <= 0) throw new TypeError("setAlarm() cannot be called with an alarm time <= 0");
  if (time > lastTime) throw new TypeError("This API doesn't support dates after 2189.");
  return Math.max(time, now);
}
