import { openResources } from "../node.ts";
import type { Entry } from "./entry.ts";

/** The timers of all objects: Node waits for them, but what they bring about is known. */
export const objectTimers = new Set<Entry>();

/** What Node waits for: servers, files, timers of the test. */
export class Surroundings {
  // What the test's runner keeps open.
  readonly #known = openResources();

  /** True while Node waits for something that was not there before. */
  get areBusy(): boolean {
    return [...openResources()].some(([kind, count]) => count > this.#expected(kind));
  }

  #expected(kind: string): number {
    // A timer of the test brings something about, whenever it was set.
    return kind === "Timeout" ? objectTimers.size : (this.#known.get(kind) ?? 0);
  }
}
