/** A handler that runs, and holds its name. */
export interface Hold {
  readonly name: string;
  readonly since: number;
  /** Out of time and left behind: it holds its name until it ends. */
  isLeft: boolean;
  /** Its payload is read and fits; before that no later try can mend a failure. */
  isHanded: boolean;
}

// A run that has not ended by then is taken for dead: the platform lets no alarm live longer.
const longestRun = 15 * 60_000;

/** The names whose handlers run: one at a time of each. */
export class Holds {
  readonly #held = new Map<string, Hold>();

  take(name: string): Hold {
    const hold = { name, since: Date.now(), isLeft: false, isHanded: false };
    this.#held.set(name, hold);
    return hold;
  }

  /** True while a handler of `name` runs, also one that is out of time. */
  isBusy(name: string): boolean {
    return Date.now() - (this.#held.get(name)?.since ?? -Infinity) < longestRun;
  }

  get busy(): string[] {
    return [...this.#held.keys()].filter((name) => this.isBusy(name));
  }

  free(hold: Hold): void {
    if (this.#held.get(hold.name) === hold) this.#held.delete(hold.name);
  }
}
