import type { LoomLogger } from "../logger.ts";
import type { BatchEntry } from "./declared.ts";

// An object that is flooded has better things to do than to write a line for each item it turns away.
const lineInterval = 10_000;

/** Counts items that found no room, and says so in at most one line in ten seconds. */
export class DropLog {
  readonly #log: Pick<LoomLogger, "warn">;
  #counted = 0;
  #lastLine = -Infinity;

  constructor(log: Pick<LoomLogger, "warn">) {
    this.#log = log;
  }

  /** Counts one item of `entry`. */
  count(entry: BatchEntry): void {
    this.#counted += 1;
    if (Date.now() - this.#lastLine >= lineInterval) this.report(entry);
  }

  /** Writes what was counted since the last line. */
  report({ name, rules: { capacity, overflow } }: BatchEntry): void {
    if (this.#counted === 0) return;
    const what = overflow === "reject" ? "rejected" : "dropped";
    this.#log.warn(`@Batched ${name} is full: items were ${what}`, { sink: name, [what]: this.#counted, capacity });
    this.#counted = 0;
    this.#lastLine = Date.now();
  }
}
