import { LOOM_ERRORS } from "../catalogue.ts";
import type { LoomLogger } from "../logger.ts";
import { endOfTurn } from "../microtask.ts";

/** What is saved at the end of a turn. */
export interface Saved {
  /** True for what is saved through `storage.kv`. */
  readonly usesKv: boolean;
  save(): void;
}

/** The turn: from its first change until the flush nothing leaves the object. */
export class Turn {
  readonly #ctx: DurableObjectState;
  readonly #log: LoomLogger;
  readonly #changed = new Set<Saved>();
  #isQueued = false;

  constructor(ctx: DurableObjectState, log: LoomLogger) {
    this.#ctx = ctx;
    this.#log = log;
  }

  /** Notes that `saved` has something to write when the turn ends. */
  change(saved: Saved): void {
    this.#changed.add(saved);
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#closeGate(saved);
    endOfTurn(() => this.#flush());
  }

  /**
   * Any write closes the output gate, one that changes no row too: without it a socket message sent in this turn left
   * although the commit failed (compat date 2026-10-01).
   */
  #closeGate({ usesKv }: Saved): void {
    const { storage } = this.#ctx;
    // 10 µs cheaper than an empty transaction; but it makes the table, where nothing else might.
    if (usesKv) storage.kv.delete("loom:gate");
    else storage.transactionSync(() => {});
  }

  #flush(): void {
    try {
      // A save may change something else: whatever is marked meanwhile belongs to this turn too.
      for (const saved of this.#changed) {
        this.#changed.delete(saved);
        saved.save();
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isQueued = false;
    }
  }

  /** Resets the object to what is on disk: nothing of this turn leaves, and callers see a rejected call. */
  fail(cause: unknown): void {
    const def = LOOM_ERRORS.FLUSH_FAILED;
    this.#log.loomError(def, { cause });
    this.#ctx.abort(`${def.code}: ${def.adminMessage}`);
  }
}
