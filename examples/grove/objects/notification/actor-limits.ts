import { type FixedWindow, fixedWindow } from "loom-do/patterns";

const limit = { limit: 60, window: 60_000 };
const mostActors = 1_000;

/** How often one actor may notify a user. Kept in memory: who goes on keeps the object awake. */
export class ActorLimits {
  readonly #windows = new Map<string, FixedWindow>();
  /** How many notifications were left out in this wake. */
  dropped = 0;

  allows(actorId: string): boolean {
    const { allowed, state } = fixedWindow(this.#windows.get(actorId), limit);
    this.#windows.delete(actorId);
    if (state) this.#windows.set(actorId, state);
    // The first is the one that has been silent longest.
    if (this.#windows.size > mostActors) this.#windows.delete(this.#windows.keys().next().value!);
    if (!allowed) this.dropped += 1;
    return allowed;
  }
}
