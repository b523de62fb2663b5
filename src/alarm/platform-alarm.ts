import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { AlarmHost } from "./host.ts";
import type { AlarmTable } from "./table.ts";

/** The platform's one alarm: always at the earliest row, except while `alarm()` runs. */
export class PlatformAlarm {
  readonly #host: AlarmHost;
  readonly #table: AlarmTable;
  /** When the platform is to wake the object; known while open. */
  #armed: number | undefined;
  /** What was armed last, also when it is not any more. */
  #lastArmed = -Infinity;
  #isOpen = false;
  #isChecked = false;
  #isHeld = false;

  constructor(host: AlarmHost, table: AlarmTable) {
    this.#host = host;
    this.#table = table;
  }

  /** Before a use: what the platform's alarm is, by the rows. The first of a wake has it looked at, too. */
  open(): void {
    if (this.#isOpen || this.#isHeld) return;
    this.#isOpen = true;
    this.#note(this.#table.earliest());
    if (this.#isChecked) return;
    this.#isChecked = true;
    const expected = this.#armed;
    // Asked before this turn can set it, it answers what the turn found (compat date 2026-10-01).
    this.#host.storage.getAlarm().then(
      (actual) => this.#compare(expected, actual ?? undefined),
      (error: unknown) => this.#host.fail(error),
    );
  }

  /** Before a row is written: has the platform wake the object at `due`, unless it does so earlier. */
  reach(due: number): void {
    this.open();
    if (!this.#isHeld && !(this.#armed! <= due)) this.set(due);
  }

  /** After a row that was due at `before` has gone or moved. */
  leave(before: number | undefined): void {
    if (!this.#isHeld && before !== undefined && before === this.#armed) this.set(this.#table.earliest());
  }

  /** The table is new, `due` its first row: what was armed belonged to rows that are gone. */
  reset(due: number): void {
    this.#armed = undefined;
    this.reach(due);
  }

  /** `alarm()` has begun: its alarm is spent, and nothing is armed before it ends. */
  hold(): void {
    this.#isHeld = true;
    this.#armed = undefined;
  }

  release(): void {
    this.#isHeld = false;
    this.#isOpen = true;
    this.#isChecked = true;
  }

  /** For a call that is not the platform's: its alarm may still be there, and is not cleared by itself. */
  clear(): void {
    this.#armed = NaN;
  }

  /** Brings the alarm to the earliest row; rows of names in `stuck` are left out until `later`. */
  rearm(stuck: readonly string[], later: number): void {
    const first = this.#table.earliest();
    const next = stuck.length === 0 ? first : this.#table.earliest(stuck);
    this.set(first === next ? first : Math.min(next ?? Infinity, Math.max(first!, later)));
  }

  /** Has the platform call at `due` and not before. */
  set(due: number | undefined): void {
    if (due === this.#armed) return;
    const { storage } = this.#host;
    try {
      const change = due === undefined ? storage.deleteAlarm() : storage.setAlarm(due);
      change.catch((error: unknown) => this.#host.fail(error));
    } catch (cause) {
      throw new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message: "The platform refused the alarm.", cause });
    }
    this.#note(due);
  }

  /** True when Loom armed the alarm that fires at `time`, though its row is gone by now. */
  isOwn(time: number): boolean {
    // What is past when it is armed fires a little later than it says.
    return Math.abs(time - this.#lastArmed) < 1_000;
  }

  /** What a rollback took back is read again. */
  forget(): void {
    this.#isOpen = false;
  }

  #note(due: number | undefined): void {
    this.#armed = due;
    this.#lastArmed = due ?? this.#lastArmed;
  }

  /** Mends an alarm that is lost or late, and tells of one that somebody else has set. */
  #compare(expected: number | undefined, actual: number | undefined): void {
    if (this.#isHeld || actual === expected) return;
    const now = Date.now();
    // The platform moves an alarm of the past to its present.
    if (Math.max(actual ?? Infinity, expected ?? Infinity) <= now) return;
    if (actual !== undefined) this.#warn(actual);
    const wanted = Math.min(actual ?? Infinity, this.#armed ?? Infinity);
    const current = this.#armed === expected ? actual : this.#armed;
    if (wanted === current || wanted === Infinity) return;
    this.#armed = undefined;
    this.set(Math.max(wanted, now));
  }

  #warn(actual: number): void {
    const problem = "The platform's alarm was set by other code, in the place of Loom's own.";
    this.#host.log.warn(`${problem} Write \`this.alarms.schedule(…)\` instead of \`storage.setAlarm\`.`, {
      alarm: new Date(actual).toISOString(),
    });
  }
}
