/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/**
 * How long to wait before an attempt, of which number 0 is the first: doubling, and a random half of it taken off, so
 * that the clients that a restart disconnected do not all come back in one moment.
 */
export function delayOf(attempt: number, { first, longest }: Backoff, random = Math.random()): number {
  if (attempt === 0) return 0;
  return Math.min(longest, first * 2 ** (attempt - 1)) * (1 - random / 2);
}

// A connection that lasted this long was a good one: the next wait is the first again.
const steady = 5_000;

/** The waits of one client. */
export class Attempts {
  readonly #backoff: Backoff;
  #made = 0;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** The wait before the next attempt, after a connection that lasted for so many milliseconds. */
  next(lasted: number): number {
    if (lasted >= steady) this.#made = 1;
    return delayOf(this.#made++, this.#backoff);
  }
}

/** A wait that can be cut short. */
export class Pause {
  #cut: (() => void) | undefined;

  /** Waits; a wait before ends at once. */
  for(milliseconds: number): Promise<void> {
    this.cut();
    if (milliseconds === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#cut = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the wait. */
  cut(): void {
    this.#cut?.();
    this.#cut = undefined;
  }
}
