import { type FixedWindow, fixedWindow } from "loom-do/patterns";

const limit = { limit: 60, window: 60_000 };

/** How fast each of the two may send. Kept in memory: who sends fast keeps the object awake. */
export class Pace {
  readonly #windows = new Map<string, FixedWindow>();

  allows(kind: "message" | "typing", tenantId: string): boolean {
    const key = `${kind} ${tenantId}`;
    const { allowed, state } = fixedWindow(this.#windows.get(key), limit);
    if (state) this.#windows.set(key, state);
    return allowed;
  }
}
