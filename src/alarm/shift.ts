import type { Attempts } from "./attempts.ts";
import { nameOf } from "./key.ts";
import { wallLimit } from "./policy.ts";
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
  /** The names that may have a row due, and from when on: what came before is done. */
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

  /** Runs what is due and what becomes due meanwhile: of different names side by side. */
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

  /**
   * Runs one by one, each with a strike written before, what may have crashed the object.
   *
   * That is the first due row of each name: no other can have been running. Those without a strike come first: what is
   * innocent does not wait behind what crashes again and again.
   */
  async tryAlone(sync: () => Promise<void>): Promise<void> {
    const suspects = this.#timetable.table.firstOfEach(-1, this.#limit);
    for (const row of suspects.toSorted((one, other) => one.strikes - other.strikes)) {
      if (!this.#fits(row)) return;
      if (!this.#attempts.holds.isBusy(nameOf(row.key))) await this.#suspect(row, sync);
    }
  }

  async #suspect({ due, key }: AlarmRow, sync: () => Promise<void>): Promise<void> {
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
      if (this.#attempts.holds.isBusy(name)) continue;
      const row = this.#timetable.table.nextOf(name, [from, this.#until], this.#later.keys());
      if (!row) this.#waiting.delete(name);
      else if (this.#fits(row)) this.#start(row, name);
    }
  }

  #start(row: AlarmRow, name: string): void {
    this.#waiting.set(name, row.due);
    this.#running += 1;
    const fail = (cause: unknown) => (this.#failure ??= { cause });
    const settle = () => {
      this.#running -= 1;
      this.#tell();
    };
    void this.#attempts.run(row).catch(fail).then(settle);
  }

  #fits(row: AlarmRow): boolean {
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
    const next = this.#timetable.table.firstAfter(this.#until);
    const timer = setTimeout(resolve, Math.min((next ?? Infinity) - Date.now(), wallLimit));
    await promise;
    clearTimeout(timer);
  }
}
