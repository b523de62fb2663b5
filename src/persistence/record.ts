import { misuse } from "../errors.ts";
import type { LoomLogger } from "../logger.ts";
import { measureStorable } from "./storable.ts";
import { fail, type Saved, type Turn } from "./turn.ts";

const key = "loom:state_data";

/** What of an object the record needs: its hooks, where the class has them, and its tools. */
export interface RecordOwner {
  readonly ctx: DurableObjectState;
  readonly log: LoomLogger;
  readonly turn: Turn;
  /** The class's own hook; without one the record is kept whole in one row. */
  readonly persistState: (() => unknown) | undefined;
  readonly loadsItself: boolean;
}

/** The object's `state_data`: one record, saved whole when it is marked dirty. */
export class StateRecord<State> implements Saved {
  readonly #owner: RecordOwner;
  #value: State | null | undefined;
  #isDirty = false;
  #saving: Promise<void> | undefined;

  constructor(owner: RecordOwner) {
    this.#owner = owner;
  }

  /** The record; read from storage on first use when the class has no `loadState`. */
  get value(): State | null {
    return (this.#value ??= this.#owner.loadsItself ? null : (this.#owner.ctx.storage.kv.get<State>(key) ?? null));
  }

  set value(next: State | null) {
    this.#value = next;
  }

  /** True when the class has a `persistState`, which may wait for something. */
  get savesItself(): boolean {
    return this.#owner.persistState !== undefined;
  }

  /** `response`, once the save that its event began is done. */
  async settle(response: Response | Promise<Response>): Promise<Response> {
    const settled = await response; // The flush of the event's last turn has run by now.
    await this.#saving;
    return settled;
  }

  /** Has the record saved at the end of the turn. */
  markDirty(): void {
    this.#isDirty = true;
    this.#owner.turn.change(this);
  }

  /** Saves now if anything is marked; resolves when it is written. */
  async persistIfDirty(): Promise<void> {
    this.save();
    await this.#saving;
  }

  save(): void {
    if (!this.#isDirty) return;
    if (this.#saving) return; // What is marked during a save is saved when that save ends.
    // Cleared first: a change made while persistState waits marks the record again.
    this.#isDirty = false;
    const result = (this.#owner.persistState ?? (() => this.#saveWhole()))();
    if (result instanceof Promise) this.#follow(result);
  }

  /** `persistState` was called by hand: what was marked so far is in it. */
  clear(): void {
    this.#isDirty = false;
  }

  #follow(saving: Promise<unknown>): void {
    this.#saving = saving.then(
      () => {
        this.#saving = undefined;
        this.save();
        return this.#saving;
      },
      (error: unknown) => fail(this.#owner.ctx, this.#owner.log, error),
    );
  }

  #saveWhole(): void {
    if (this.#owner.loadsItself) {
      throw misuse("markDirty: the class has `loadState` but no `persistState`. Add one, or remove `loadState`.");
    }
    const { value } = this;
    measureStorable(value, "state_data");
    this.#owner.ctx.storage.kv.put(key, value);
  }
}
