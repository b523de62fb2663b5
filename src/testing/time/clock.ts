import { misuse } from "../../errors.ts";
import { nextTurn, quietTimer, real } from "../node.ts";
import type { Entry, EntryOptions } from "./entry.ts";
import { moving, progress, quiet } from "./stillness.ts";
import { objectTimers, Surroundings } from "./surroundings.ts";

// On a clock that stands a timer rings by itself after the wait that it was set for; nobody waits for a longer one.
const shortWait = 1_000;

// An alarm that sets itself for now again and again would never let the time go on.
const mostAtOnce = 10_000;

function endless(time: number): Error {
  const when = new Date(time).toISOString();
  return misuse(`advance: at ${when} alarms or timers fire for ever. Have them set later ones.`);
}

/** The time of objects: it goes on like the real one, or stands still, and `advance` moves it. */
export class Clock {
  readonly #entries = new Set<Entry>();
  #offset = 0;
  #standing: number | undefined;
  #busy = 0;
  readonly #surroundings = new Surroundings();
  #steps = 0;

  /** With `now` it stands still there. */
  constructor(now?: number) {
    this.#standing = now;
  }

  now(): number {
    return this.#standing ?? real.now() + this.#offset;
  }

  /** True when only `advance` moves the time. */
  get isStanding(): boolean {
    return this.#standing !== undefined;
  }

  /** True while an event runs, or something is on its way. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** True while something may come by itself: the time is moved or moves, a timer rings soon, Node waits for something. */
  get goesOn(): boolean {
    const soon = this.isStanding ? this.now() + shortWait : Infinity;
    const rings = [...this.#entries].some(({ time, timer }) => timer !== undefined && time <= soon);
    return rings || progress.moves > 0 || this.#surroundings.areBusy;
  }

  /** What happens first, if it happens until then. */
  next(until = Infinity): Entry | undefined {
    const due = [...this.#entries].filter(({ time }) => time <= until);
    return due.toSorted((left, right) => left.time - right.time)[0];
  }

  /** Has `run` called at `time`: by itself on a clock that goes on, and for what holds the process. */
  at(time: number, run: () => void, { holdsProcess = false }: EntryOptions = {}): Entry {
    const entry: Entry = { time, run, timer: undefined };
    this.#entries.add(entry);
    const wait = Math.max(0, time - this.now());
    if (holdsProcess) {
      entry.timer = real.setTimeout(() => this.#happen(entry), Math.min(wait, 2 ** 31 - 1));
      objectTimers.add(entry);
    } else if (!this.isStanding) entry.timer = quietTimer(() => this.#happen(entry), wait);
    return entry;
  }

  cancel(entry: Entry): void {
    this.#entries.delete(entry);
    objectTimers.delete(entry);
    real.clearTimeout(entry.timer as number);
  }

  /** Counts `work` as going on. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.#busy += 1;
    this.#step();
    try {
      return await work;
    } finally {
      this.#busy -= 1;
      this.#step();
    }
  }

  /** Moves the time on, one thing after the other: each has ended, or waits, before the next happens. */
  advance(by: number): Promise<void> {
    return moving(this.#moveOn(by));
  }

  /** Resolves when nothing goes on any more, or what does waits for something else. */
  settle(): Promise<void> {
    return moving(this.#settled());
  }

  async #moveOn(by: number): Promise<void> {
    await this.#settled();
    const target = this.now() + by;
    let [last, repeats] = [Number.NaN, 0];
    for (let entry = this.next(target); entry; entry = this.next(target)) {
      [last, repeats] = [this.now(), this.now() === last ? repeats + 1 : 0];
      if (repeats > mostAtOnce) throw endless(last);
      this.#happen(entry);
      await this.#settled();
    }
    this.#move(target);
    await this.#settled();
  }

  async #settled(): Promise<void> {
    let [steps, turns, since] = [-1, 0, real.now()];
    while (this.#busy > 0 || turns < 2) {
      if (steps !== this.#steps) [steps, turns, since] = [this.#steps, 0, real.now()];
      if (turns > quiet.turns && real.now() - since > quiet.milliseconds) return;
      turns += 1;
      await nextTurn();
    }
  }

  #step(): void {
    this.#steps += 1;
    progress.steps += 1;
  }

  #happen(entry: Entry): void {
    // A timer of Node can be 2^31 ms long, and may come a little early.
    if (!this.#entries.has(entry)) return;
    this.cancel(entry);
    this.#move(entry.time);
    this.#step();
    entry.run();
  }

  #move(time: number): void {
    if (this.#standing !== undefined) this.#standing = Math.max(this.#standing, time);
    else this.#offset += Math.max(0, time - this.now());
  }
}
