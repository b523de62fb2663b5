import { timetableOf } from "../alarm.ts";
import { misuse } from "../errors.ts";
import { internals } from "../object/internals.ts";
import type { Remembering } from "../object/savepoints.ts";
import { toolsOf } from "../object/tools.ts";
import type { Saved } from "../persistence/turn.ts";
import type { AnyLoomDO } from "../types.ts";
import type { RecurringTarget } from "./recurring.ts";
import { countRows } from "./stored.ts";

/** What one row of an object says of its recurrences. */
interface Kept {
  /** The spec of each that was started, by name: one that is not in the timetable any more was stopped. */
  readonly armed?: Readonly<Record<string, string>>;
  /** The rows that its start stored by itself: they make no object. */
  readonly seeds?: number;
}

const key = "loom:recurrences";

// More than any start stores by itself.
const mostSeeds = 100_000;

/**
 * Starts the recurrences of one object: with the first row that an event stores.
 *
 * A bare wake starts none: who guesses names would make objects that wake for ever.
 */
export class Arming implements Saved, Remembering {
  readonly usesKv = false;
  readonly #object: AnyLoomDO;
  readonly #targets: readonly RecurringTarget[];
  #isArmed = false;
  #hasNews = false;

  constructor(object: AnyLoomDO, targets: readonly RecurringTarget[]) {
    this.#object = object;
    this.#targets = targets;
  }

  /** Before the start: starts what was declared anew, or everything if rows were stored past Loom. */
  wake(): void {
    const { armed, seeds = 0 } = this.#kept;
    if (armed) this.#update(armed);
    else if (countRows(this.#storage, seeds + 1) > seeds) this.start();
  }

  /** Notes the rows that the object's start has stored by itself. */
  noteSeeds(): void {
    if (this.#isArmed) return;
    const { seeds = 0 } = this.#kept;
    const count = countRows(this.#storage, mostSeeds);
    if (count > seeds) this.#storage.kv.put(key, { seeds: count } satisfies Kept);
  }

  /** Notes that a turn of an event, not of the start, has something to save. */
  note(): void {
    this.#hasNews = !this.#isArmed && !this.#object[internals].start.isInside;
  }

  /** Has the turn end with a look: something was written at once, and may yet be taken back. */
  noteWrite(): void {
    if (!this.#isArmed) this.#object[internals].turn.change(this);
  }

  /** Remembers whether they were started; the returned function takes a start back. */
  begin(): () => void {
    const wasArmed = this.#isArmed;
    return () => {
      this.#isArmed = wasArmed;
    };
  }

  /** Nothing: it is one of the first parts of its object. */
  forget(): void {}

  /** Nothing: the look comes when everything else of the turn is saved. */
  save(): void {}

  /** At the end of a turn: an event's first row starts the recurrences, one of the start does not. */
  look(): void {
    if (this.#isArmed) return;
    if (!this.#hasNews) this.noteSeeds();
    else if (countRows(this.#storage, 1) > 0) this.start();
    this.#hasNews = false;
  }

  /** Starts what is not in the timetable: everything, or of an object that has started the one called `name`. */
  start(name?: string): void {
    const named = this.#targets.filter((target) => name === undefined || target.name === name);
    if (named.length === 0) throw misuse(`alarms.start: ${JSON.stringify(name)} has no \`every\` or \`cron\`.`);
    const targets = this.#isArmed ? named : this.#targets;
    // What it puts into the timetable is no news.
    this.#isArmed = true;
    const timetable = timetableOf(this.#object);
    for (const target of targets) {
      // One whose handler runs goes on by itself.
      if (!timetable.rowOf(target.name)) this.#put(target);
    }
    this.#keep();
  }

  /** Starts those that `armed` has not, or has of another declaration; forgets those that are no more. */
  #update(armed: Readonly<Record<string, string>>): void {
    this.#isArmed = true;
    const changed = this.#targets.filter(({ name, recurrence }) => armed[name] !== recurrence.spec);
    changed.forEach((target) => this.#put(target));
    if (changed.length > 0 || Object.keys(armed).length > this.#targets.length) this.#keep();
  }

  #put({ name, recurrence }: RecurringTarget): void {
    const due = recurrence.first(Date.now());
    const row = { key: name, due, payload: null, attempt: 0, strikes: 0, first: due, spec: recurrence.spec };
    timetableOf(this.#object).put(row);
  }

  #keep(): void {
    const armed = Object.fromEntries(this.#targets.map(({ name, recurrence }) => [name, recurrence.spec]));
    this.#storage.kv.put(key, { armed } satisfies Kept);
  }

  get #kept(): Kept {
    return this.#storage.kv.get<Kept>(key) ?? {};
  }

  get #storage(): DurableObjectStorage {
    return toolsOf(this.#object).ctx.storage;
  }
}
