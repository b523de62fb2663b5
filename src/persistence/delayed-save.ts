import { timetableOf } from "../alarm.ts";
import type { AlarmTarget } from "../alarm/target.ts";
import { internals } from "../object/internals.ts";
import type { AnyLoomDO } from "../types.ts";

const name = "loom:state_data";

/** What the alarm of a delayed save runs. */
export const delayedSaveTarget: AlarmTarget = {
  name,
  policy: {},
  // A save that fails at once resets the object as one at the end of a turn does: nothing holds it for another try.
  run: ({ [internals]: { record, turn } }) => record.persistIfDirty().catch((error: unknown) => turn.fail(error)),
};

/** A save that waits for its time. */
export class DelayedSave {
  readonly #object: AnyLoomDO;
  /** Lets go of what holds the object in memory. */
  #letGo: (() => void) | undefined;

  constructor(object: AnyLoomDO) {
    this.#object = object;
  }

  get isWaiting(): boolean {
    return this.#letGo !== undefined;
  }

  /** Has the alarm save at `due`. */
  until(due: number): void {
    const timetable = timetableOf(this.#object);
    if (timetable.dueOf(name) !== due) timetable.set(name, due);
    // What waits is in memory alone: a timer keeps the object from hibernation, and since compat date 2026-10-01 from
    // eviction, for the moment until the alarm.
    this.#letGo?.();
    const timer = setTimeout(() => {}, due - Date.now() + 1_000);
    this.#letGo = () => clearTimeout(timer);
  }

  /** Waits no more; an alarm that comes for nothing does nothing. */
  cancel(): void {
    this.#letGo?.();
    this.#letGo = undefined;
  }
}
