import type { PersistedMap } from "loom-do";
import type { Trail, WaypointStatus } from "../../types.ts";
import { refusal } from "./refusals.ts";

/** A change of a waypoint that D1 has not heard of. */
export interface WaypointUpdate {
  readonly status: WaypointStatus;
  /** Unix milliseconds. */
  readonly queuedAt: number;
}

type Entry = readonly [id: string, update: WaypointUpdate];

const maxPending = 1_000;

/** What became of waypoints since D1 was told last: the newest status of each. */
export class Waypoints {
  readonly #pending: PersistedMap<WaypointUpdate>;

  constructor(pending: PersistedMap<WaypointUpdate>) {
    this.#pending = pending;
  }

  queue(id: string, status: WaypointStatus): void {
    const before = this.#pending.get(id);
    if (!before && this.#pending.size >= maxPending) throw refusal("tooManyWaypoints");
    this.#pending.set(id, { status, queuedAt: Math.max(Date.now(), (before?.queuedAt ?? 0) + 1) });
  }

  pending(): Entry[] {
    return [...this.#pending.entries()];
  }

  /** Lets go of what D1 has; a waypoint that changed once more meanwhile is still to be told. */
  forget(entries: readonly Entry[]): void {
    for (const [id, { queuedAt }] of entries) {
      if (this.#pending.get(id)?.queuedAt === queuedAt) this.#pending.delete(id);
    }
  }

  /** `trail` with what is pending: who changed a waypoint sees it at once. */
  applyTo({ waypoints, ...trail }: Trail): Trail {
    if (!waypoints) return trail;
    const current = waypoints.map((waypoint) => {
      const update = this.#pending.get(waypoint.id);
      return update ? { ...waypoint, status: update.status } : waypoint;
    });
    return { ...trail, waypoints: current };
  }
}

/** Writes each status as it is to be: written twice, it is the same. */
export async function updateWaypoints(db: D1Database, entries: readonly Entry[]): Promise<void> {
  const updates = entries.map(([id, { status, queuedAt }]) => ({ id, status, at: new Date(queuedAt).toISOString() }));
  const statement = db.prepare(
    `UPDATE trail_waypoints SET status = queued.status, updated_at = queued.at
     FROM (SELECT value ->> 'id' AS id, value ->> 'status' AS status, value ->> 'at' AS at FROM json_each(?)) AS queued
     WHERE trail_waypoints.id = queued.id`,
  );
  await statement.bind(JSON.stringify(updates)).run();
}
