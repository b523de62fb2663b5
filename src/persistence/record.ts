import { misuse } from "../errors.ts";
import { hooksOf } from "../object/hooks.ts";
import { isThenable } from "../thenable.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { DelayedSave } from "./delayed-save.ts";
import { measureStorable } from "./storable.ts";
import type { Saved, Turn } from "./turn.ts";

const key = "loom:state_data";

// What is put off is held in memory, and an object that is held is paid for.
const longest = 15 * 60_000;

/** The object's `state_data`: one record, saved whole when it is marked dirty. */
export class StateRecord implements Saved {
  readonly #object: AnyLoomDO;
  readonly #turn: Turn;
  #value: unknown;
  #isDirty = false;
  #saving: Promise<void> | undefined;
  /** When it was saved last in this wake. */
  #savedAt = -Infinity;
  #delay: DelayedSave | undefined;

  constructor(object: AnyLoomDO, turn: Turn) {
    this.#object = object;
    this.#turn = turn;
  }

  /** The record; read from storage on first use when the class has no `loadState`. */
  get value(): unknown {
    // Null is a value: a record that was cleared is not read again.
    if (this.#value === undefined) this.#value = this.#loadsItself ? null : (this.#kv.get(key) ?? null);
    return this.#value;
  }

  set value(next: unknown) {
    this.#value = next ?? null;
  }

  /** True when the class has a `persistState`, which may wait for something. */
  get savesItself(): boolean {
    return hooksOf(this.#object).persistState !== undefined;
  }

  get usesKv(): boolean {
    return !this.savesItself;
  }

  /** `outcome`, once the save that its event began is done. */
  async settle<Outcome>(outcome: Outcome): Promise<Awaited<Outcome>> {
    const settled = await outcome; // The flush of the event's last turn has run by now.
    await this.#saving;
    return settled;
  }

  /** Has the record saved at the end of the turn. */
  markDirty(): void {
    this.#isDirty = true;
    this.#delay?.cancel();
    this.#turn.change(this);
  }

  /** Saves what is marked, now or `least` ms after the last save; resolves when nothing is being written. */
  async persistIfDirty(least = 0): Promise<void> {
    if (least > longest) throw misuse('persistIfDirty: it would hold the object for too long. Write at most `"15m"`.');
    const now = Date.now();
    const due = this.#savedAt + least;
    // A clock that was set back puts nothing off.
    if (due > now && this.#savedAt <= now) this.#putOff(due);
    else {
      this.#delay?.cancel();
      this.save();
    }
    await this.#saving;
  }

  save(): void {
    if (!this.#isDirty || this.#delay?.isWaiting) return;
    if (this.#saving) return; // What is marked during a save is saved when that save ends.
    const hooks = hooksOf(this.#object);
    // Cleared first: a change made while persistState waits marks the record again.
    this.#isDirty = false;
    this.#savedAt = Date.now();
    try {
      const result = hooks.persistState ? hooks.persistState() : this.#saveWhole();
      if (isThenable(result)) this.#follow(result);
    } catch (error) {
      this.#isDirty = true;
      throw error;
    }
  }

  #putOff(due: number): void {
    if (this.#isDirty) (this.#delay ??= new DelayedSave(this.#object)).until(due);
  }

  #follow(saving: PromiseLike<unknown>): void {
    const next = () => {
      this.#saving = undefined;
      this.save();
      return this.#saving;
    };
    // The next save may fail too, and at once.
    this.#saving = Promise.resolve(saving)
      .then(next)
      .catch((error: unknown) => this.#turn.fail(error));
  }

  #saveWhole(): void {
    if (this.#loadsItself) {
      throw misuse("markDirty: the class has `loadState` but no `persistState`. Add one, or remove `loadState`.");
    }
    const { value } = this;
    measureStorable(value, "state_data");
    this.#kv.put(key, value);
  }

  get #loadsItself(): boolean {
    return hooksOf(this.#object).loadState !== undefined;
  }

  get #kv(): SyncKvStorage {
    return toolsOf(this.#object).ctx.storage.kv;
  }
}
