import type { AlarmHost } from "./host.ts";
import { KeyIndex } from "./key-index.ts";
import { newRow } from "./new-row.ts";
import { PlatformAlarm } from "./platform-alarm.ts";
import { Spent } from "./spent.ts";
import { AlarmTable } from "./table.ts";
import type { AlarmRow } from "./target.ts";

/** What is due when: one row an alarm, and the platform's one alarm at the earliest of them. */
export class Timetable {
  readonly table: AlarmTable;
  readonly platform: PlatformAlarm;
  readonly #host: AlarmHost;
  readonly #index: KeyIndex;
  readonly #spent = new Spent();
  /** Told of each row that is written while `alarm()` runs. */
  #watch: ((row: AlarmRow) => void) | undefined;

  constructor(host: AlarmHost) {
    this.#host = host;
    this.table = new AlarmTable(host.storage.sql);
    this.platform = new PlatformAlarm(host, this.table);
    this.#index = new KeyIndex(this.table);
    host.remember(this);
  }

  /** Has `key` run at `due` (Unix ms) in place of when it would have: written in this turn. */
  set(key: string, due: number, payload?: unknown): void {
    this.put(newRow({ key, due, payload }));
  }

  /** Writes `row` in place of the one with its key. */
  put(row: AlarmRow): void {
    const before = this.#knownDue(row.key);
    // First, for it may refuse.
    this.platform.reach(row.due);
    this.#spent.delete(row.key);
    if (before === undefined || !this.table.replace(before, row)) this.#add(row);
    this.#index.put(row.key, row.due);
    this.platform.leave(before);
    this.#watch?.(row);
    this.#host.noteWrite();
  }

  /** When `key` is due; undefined when it is not scheduled. A row whose handler runs is not: it is spent. */
  dueOf(key: string): number | undefined {
    this.platform.open();
    return this.#spent.of(key) ? undefined : this.#knownDue(key);
  }

  /** The first `limit` rows of `name`, or of all the user's alarms, without those whose handlers run. */
  list(limit: number, name?: string): AlarmRow[] {
    this.platform.open();
    const rows = this.table.list(limit + this.#spent.count, name);
    return rows.filter(({ key }) => !this.#spent.of(key)).slice(0, limit);
  }

  /** Takes `key` off; returns whether it was scheduled. */
  clear(key: string): boolean {
    this.platform.open();
    const before = this.#knownDue(key);
    if (before === undefined) return false;
    const isScheduled = !this.#spent.of(key);
    this.#spent.delete(key);
    this.table.remove(before, key);
    this.#index.delete(key);
    this.platform.leave(before);
    return isScheduled;
  }

  /** From now on the platform's alarm stays as it is, and `watch` is told of what is written. */
  hold(watch: (row: AlarmRow) => void): void {
    this.#watch = watch;
    this.platform.hold();
  }

  /** The end of `hold`. */
  release(): void {
    this.#watch = undefined;
    this.platform.release();
  }

  /** Notes that the handler of `row` runs. */
  start(row: AlarmRow): void {
    this.#spent.add(row);
  }

  /** The row of `key`, also while its handler runs. */
  rowOf(key: string): AlarmRow | undefined {
    this.platform.open();
    const due = this.#knownDue(key);
    return due === undefined ? undefined : this.table.at(due, key);
  }

  /** True while the handler of `row` runs and the row has not been replaced, cleared or deleted with everything. */
  isRunning(row: AlarmRow): boolean {
    return this.#spent.has(row) && this.table.at(row.due, row.key) !== undefined;
  }

  /** Ends the run of `row`: it runs again as what `nextOf` returns, or is done. A row that has left is let alone. */
  finish(row: AlarmRow, nextOf: () => AlarmRow | undefined): void {
    if (!this.#spent.has(row)) return;
    const next = nextOf();
    this.#spent.delete(row.key);
    if (next) {
      this.table.replace(row.due, next);
      this.#index.put(row.key, next.due);
      this.platform.reach(next.due);
      this.#watch?.(next);
    } else {
      this.table.remove(row.due, row.key);
      this.#index.delete(row.key);
    }
    this.platform.leave(row.due);
  }

  begin(): () => void {
    const restore = this.#spent.begin();
    return () => {
      restore();
      this.forget();
    };
  }

  forget(): void {
    this.#index.forget();
    this.platform.forget();
  }

  /** When the row of `key` is due, a spent one too. */
  #knownDue(key: string): number | undefined {
    const due = this.#spent.of(key)?.due ?? this.#index.dueOf(key);
    if (due === undefined || this.table.at(due, key)) return due;
    // Taken by a deleteAll, or by a rollback that nobody told of.
    this.#spent.delete(key);
    this.forget();
    return this.#index.dueOf(key);
  }

  #add(row: AlarmRow): void {
    if (!this.table.add(row)) return;
    // A new table: whatever was known belonged to one that a deleteAll took.
    this.#index.forget();
    this.platform.reset(row.due);
  }
}
