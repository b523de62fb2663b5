import type { AlarmHost } from "./host.ts";
import type { AlarmTable, Without } from "./table.ts";

/** The platform's one alarm: always at the earliest row, except while `alarm()` runs. Infinity is none. */
export class PlatformAlarm {
  readonly #host: AlarmHost;
  readonly #table: AlarmTable;
  /** When the platform is to wake the object; known while open. */
  #armed = Infinity;
  /** What was armed last, also when it is not any more. */
  #lastArmed = -Infinity;
  /** What other code has set: it is kept until it has fired. */
  #theirs = Infinity;
  #isOpen = false;
  #isChecked = false;
  #isHeld = false;
  /** What the platform said when `alarm()` began; nothing, when it called. */
  #found: number | null = null;

  constructor(host: AlarmHost, table: AlarmTable) {
    this.#host = host;
    this.#table = table;
  }

  /** Before a use: what the platform's alarm is, by the rows. The first of a wake has it looked at, too. */
  open(): void {
    if (this.#isOpen || this.#isHeld) return;
    this.#isOpen = true;
    this.#note(this.#first);
    if (this.#isChecked) return;
    this.#isChecked = true;
    const expected = this.#armed;
    // Asked before this turn can set it, it answers what the turn found (compat date 2026-10-01).
    this.#host.storage.getAlarm().then(
      (actual) => this.#compare(expected, actual ?? Infinity),
      (error: unknown) => this.#host.fail(error),
    );
  }

  /** Before a row is written: has the platform wake the object at `due`, unless it does so earlier. */
  reach(due: number): void {
    this.open();
    if (this.#isHeld) return;
    // A rollback past Loom takes a row and its alarm with it, and tells nobody.
    if (this.#armed <= due && this.#first > this.#armed) this.#note(this.#first);
    if (!(this.#armed <= due)) this.set(due);
  }

  /** After a row that was due at `before` has gone or moved. */
  leave(before: number | undefined): void {
    if (!this.#isHeld && before === this.#armed) this.set(this.#first);
  }

  /** The table is new, `due` its first row: what was armed belonged to rows that are gone. */
  reset(due: number): void {
    this.#armed = this.#theirs = Infinity;
    this.reach(due);
  }

  /** Before `hold`: the alarm of `time` has fired, later than Loom has armed it if other code has moved it. */
  fired(time: number): void {
    if (time - this.#armed >= 1_000) this.#warn(time);
  }

  /** `alarm()` has begun: its alarm is spent, and nothing is armed before it ends. */
  hold(): void {
    this.#isHeld = true;
    this.#armed = this.#theirs = Infinity;
  }

  /** While held, before the first handler. */
  async look(): Promise<void> {
    this.#found = await this.#host.storage.getAlarm();
  }

  /** While held, after the last handler: an alarm that one of them has set past Loom is told of, and kept. */
  async lookAgain(): Promise<void> {
    const actual = await this.#host.storage.getAlarm();
    if (actual === null || actual === this.#found || actual === this.#armed) return;
    this.#warn(actual);
    this.#armed = actual;
  }

  release(): void {
    this.#isHeld = false;
    this.#isOpen = this.#isChecked = true;
  }

  /** For a call that is not the platform's: its alarm may still be there, and is not cleared by itself. */
  clear(): void {
    this.#armed = NaN;
  }

  /** Brings the alarm to the earliest row; those that are `stuck` are left out until `later`. */
  rearm(stuck: Without, later: number): void {
    const first = this.#first;
    const next = stuck.keys.length === 0 ? first : (this.#table.earliest(stuck) ?? Infinity);
    this.set(first === next ? first : Math.min(next, this.#theirs, Math.max(first, later)));
  }

  /** Has the platform call at `due` and not before. */
  set(due: number): void {
    if (due === this.#armed) return;
    const { storage } = this.#host;
    const change = due === Infinity ? storage.deleteAlarm() : storage.setAlarm(due);
    change.catch((error: unknown) => this.#host.fail(error));
    this.#note(due);
  }

  /** True when Loom armed the alarm of `time`, whose row is gone; what is past when armed fires a little later. */
  isOwn(time: number): boolean {
    return Math.abs(time - this.#lastArmed) < 1_000;
  }

  /** What a rollback took back is read again. */
  forget(): void {
    this.#isOpen = false;
  }

  /** When the platform has to call next. */
  get #first(): number {
    return Math.min(this.#table.earliest() ?? Infinity, this.#theirs);
  }

  #note(due: number): void {
    this.#armed = due;
    if (due !== Infinity) this.#lastArmed = due;
  }

  /** Mends an alarm that is lost or late, and tells of one that somebody else has set. */
  #compare(expected: number, actual: number): void {
    const now = Date.now();
    // The platform moves an alarm of the past to its present.
    if (this.#isHeld || actual === expected || Math.max(actual, expected) <= now) return;
    // One that Loom has put off, while the object could not start say, is later than its row.
    if (actual !== Infinity && expected > now) this.#warn(actual);
    const wanted = Math.min(actual, this.#armed);
    if (wanted === (this.#armed === expected ? actual : this.#armed)) return;
    this.#armed = Infinity;
    this.set(Math.max(wanted, now));
  }

  /** Tells of an alarm that other code has set, and keeps it. */
  #warn(actual: number): void {
    this.#theirs = actual;
    const problem = "The platform's alarm was set by other code, in the place of Loom's own.";
    const remedy = "Write `this.alarms.schedule(…)` instead of `storage.setAlarm`.";
    this.#host.log.warn(`${problem} ${remedy}`, { alarm: new Date(actual).toISOString() });
  }
}
