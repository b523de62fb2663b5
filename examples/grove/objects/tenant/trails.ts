import type { PersistedMap } from "loom-do";
import type { Trail } from "../../types.ts";

/** A trail and until when it counts, in Unix milliseconds. */
export interface KeptTrail {
  readonly trail: Trail;
  readonly expiresAt: number;
}

const fresh = 5 * 60_000;
const maxTrails = 100;

/** Trails as somebody read them in D1, for five minutes. */
export class Trails {
  readonly #kept: PersistedMap<KeptTrail>;

  constructor(kept: PersistedMap<KeptTrail>) {
    this.#kept = kept;
  }

  get(slug: string): Trail | null {
    const found = this.#kept.get(slug);
    return found && found.expiresAt > Date.now() ? (found.trail as Trail) : null; // frozen, which Trail allows
  }

  /** Keeps a trail; the one that was set longest ago makes room for it. */
  set(slug: string, trail: Trail): void {
    if (!this.#kept.has(slug) && this.#kept.size >= maxTrails) this.#kept.delete(this.#oldest());
    this.#kept.set(slug, { trail, expiresAt: Date.now() + fresh });
  }

  invalidate(slug: string): void {
    this.#kept.delete(slug);
  }

  clear(): void {
    this.#kept.clear();
  }

  #oldest(): string {
    const times = [...this.#kept.entries()].map(([slug, { expiresAt }]) => [slug, expiresAt] as const);
    return times.reduce((oldest, each) => (each[1] < oldest[1] ? each : oldest))[0];
  }
}
