import { LOOM_ERRORS } from "../catalogue.ts";
import { endOfTurn } from "../microtask.ts";
import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";

/** What is saved at the end of a turn. */
export interface Saved {
  /** True for what is saved through `storage.kv`. */
  readonly usesKv: boolean;
  save(): void;
}

/** The turn: from its first change until the flush nothing leaves the object. */
export class Turn {
  readonly #object: AnyLoomDO;
  /** Made by the first change: most wakes have none, and thousands of idle objects would each keep an empty one. */
  #changed: Set<Saved> | undefined;
  #isQueued = false;
  #isSealed = false;

  constructor(object: AnyLoomDO) {
    this.#object = object;
  }

  /** Notes that `saved` has something to write when the turn ends. */
  change(saved: Saved): void {
    (this.#changed ??= new Set()).add(saved);
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#object[internals].arming?.note();
    // Queued first: a gate that cannot be closed throws here, and what changed is still to be saved.
    endOfTurn(() => this.#flush());
    this.#closeGate(saved);
  }

  /** Saves what `saved` has before the turn ends, for what reads it from storage; it stays of this turn. */
  saveNow(saved: Saved): void {
    try {
      if (!this.#isSealed) saved.save();
    } catch (cause) {
      this.fail(cause);
      throw cause;
    }
  }

  /** Saves nothing more in this wake: a stored value could not be read, and nothing made without it may be kept. */
  seal(): void {
    this.#isSealed = true;
  }

  /**
   * Any write closes the output gate, one that changes no row too: without it a socket message sent in this turn left
   * although the commit failed (compat date 2026-10-01).
   */
  #closeGate({ usesKv }: Saved): void {
    const { storage } = toolsOf(this.#object).ctx;
    // 10 µs cheaper than an empty transaction; but it makes the table, where nothing else might.
    if (usesKv) storage.kv.delete("loom:gate");
    else storage.transactionSync(() => {});
  }

  #flush(): void {
    if (this.#isSealed) return;
    try {
      // A save may change something else: whatever is marked meanwhile belongs to this turn too.
      for (const saved of this.#changed ?? []) {
        this.#changed!.delete(saved);
        saved.save();
      }
      this.#object[internals].arming?.look();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isQueued = false;
    }
  }

  /** Resets the object to what is on disk: nothing of this turn leaves, and callers see a rejected call. */
  fail(cause: unknown): void {
    const def = LOOM_ERRORS.FLUSH_FAILED;
    const { ctx, log } = toolsOf(this.#object);
    log.loomError(def, { cause });
    ctx.abort(`${def.code}: ${def.adminMessage}`);
  }
}
