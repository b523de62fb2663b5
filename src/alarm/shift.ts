import type { Attempts } from "./attempts.ts";
import { nameOf } from "./key.ts";
import { wallLimit } from "./policy.ts";
import { suspectsIn } from "./suspects.ts";
import type { AlarmRow } from "./target.ts";
import type { Timetable } from "./timetable.ts";

// Handlers that never wait would keep everything else in the object waiting.
const passesBetweenBreaths = 64;

type Time = Pick<AlarmRow, "key" | "due">;

/** One call of `alarm()`: open while handlers run, and it starts what becomes due meanwhile. */
export class Shift {
  readonly #timetable: Timetable;
  readonly #attempts: Attempts;
  readonly #started = Date.now();
  /** When this call's rows are due: later than the clock when it comes before its time. */
  readonly #limit: number;
  /** Written since for a time that has not come, though within the limit: to be run by the clock. */
  readonly #later = new Map<string, number>();
  /** The names that may have a row due, and from when on: nothing is left of what came before. */
  readonly #waiting = new Map<string, number>();
  /** Every row due by then has been seen. */
  #until = -1;
  #running = 0;
  #failure: { readonly cause: unknown } | undefined;
  #isNews = false;
  #ring: () => void = () => {};

  constructor(timetable: Timetable, attempts: Attempts, limit: number) {
    this.#timetable = timetable;
    this.#attempts = attempts;
    this.#limit = limit;
    timetable.hold((row) => this.#note(row));
    attempts.onFree = () => this.#tell();
  }

  /** Runs what is due and what becomes due meanwhile: side by side where places are free. */
  async run(): Promise<void> {
    for (let pass = 1; ; pass += 1) {
      this.#isNews = false;
      this.#look(Math.max(this.#limit, Date.now()));
      this.#startDue();
      if (this.#failure) throw this.#failure.cause;
      if (this.#running === 0) return;
      await this.#news(pass);
    }
  }

  /** Runs one by one, each with a strike written before, what may have crashed the object. */
  async tryAlone(sync: () => Promise<void>): Promise<void> {
    const { holds } = this.#attempts;
    const suspects = suspectsIn(this.#timetable.table, this.#limit, (name) => this.#attempts.placesOf(name));
    for (const row of suspects) {
      if (!this.#fits(row)) return;
      if (!holds.isHeld(row.key) && !holds.isFull(nameOf(row.key))) await this.#suspect(row, sync);
    }
  }

  async #suspect({ due, key }: Time, sync: () => Promise<void>): Promise<void> {
    const { table } = this.#timetable;
    const row = table.at(due, key);
    if (!row) return;
    table.replace(due, { ...row, strikes: row.strikes + 1 });
    await sync();
    // It may be cancelled or scheduled anew by now. The strike counts if the object does not outlive it.
    const suspect = table.at(due, key);
    if (suspect) await this.#attempts.run({ ...suspect, strikes: row.strikes });
  }

  #look(until: number): void {
    for (const row of this.#timetable.table.firstOfEach(this.#until, until)) this.#wait(row);
    for (const [key, due] of this.#later) if (due <= Date.now()) this.#note({ key, due });
    this.#until = until;
  }

  #wait({ key, due }: Time): void {
    const name = nameOf(key);
    this.#waiting.set(name, Math.min(due, this.#waiting.get(name) ?? Infinity));
  }

  #note(row: Time): void {
    this.#later.delete(row.key);
    if (row.due > Date.now() && row.due <= this.#limit) this.#later.set(row.key, row.due);
    else if (row.due <= this.#until) this.#wait(row);
    this.#tell();
  }

  #startDue(): void {
    for (const [name, from] of this.#waiting) {
      if (!this.#attempts.holds.isFull(name)) this.#startNext(name, from);
    }
  }

  #startNext(name: string, from: number): void {
    const { table } = this.#timetable;
    const { holds } = this.#attempts;
    // Rows whose handlers run are among them: they are left until their runs have ended.
    const limit = holds.countOf(name) + 1;
    const rows = table.firstOf(name, { from, until: this.#until, limit, without: this.#later.keys() });
    if (rows[0]) this.#waiting.set(name, rows[0].due);
    else this.#waiting.delete(name);
    const next = rows.find(({ key }) => !holds.isHeld(key));
    const row = next && table.at(next.due, next.key);
    if (!row || !this.#fits(row)) return;
    this.#start(row);
    // Another place may be free.
    this.#tell();
  }

  #start(row: AlarmRow): void {
    this.#running += 1;
    const fail = (cause: unknown) => (this.#failure ??= { cause });
    const settle = () => {
      this.#running -= 1;
      this.#tell();
    };
    void this.#attempts.run(row).catch(fail).then(settle);
  }

  #fits(row: Time): boolean {
    return Date.now() - this.#started + this.#attempts.timeoutOf(row) <= wallLimit;
  }

  #tell(): void {
    this.#isNews = true;
    this.#ring();
  }

  /** Settled when a handler has ended, a row was written, or the next one is due. */
  async #news(pass: number): Promise<void> {
    if (pass % passesBetweenBreaths === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.#isNews) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ring = resolve;
    let next = this.#timetable.table.firstAfter(this.#until) ?? Infinity;
    for (const due of this.#later.values()) next = Math.min(next, due);
    const timer = setTimeout(resolve, Math.min(next - Date.now(), wallLimit));
    await promise;
    clearTimeout(timer);
  }
}
