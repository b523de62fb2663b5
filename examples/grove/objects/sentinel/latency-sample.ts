import type { SqlHelper } from "loom-do";
import type { Metric } from "./metric.ts";

/** How many latencies are kept. */
export const sampleSize = 10_000;

/** Where the next latency goes, after so many: the first ones all stay; then each has the same chance to. */
export function placeOf(seen: number, chance: number): number | undefined {
  if (seen < sampleSize) return seen;
  const place = Math.floor(chance * (seen + 1));
  return place < sampleSize ? place : undefined;
}

/** A fair sample of a test's latencies, a row each: what changes is written, and no more. */
export class LatencySample {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** Adds the latencies of what came after `seen` others. */
  add(metrics: readonly Metric[], seen: number): void {
    const placed = metrics
      .map(({ latencyMs }, at) => [placeOf(seen + at, Math.random()), latencyMs] as const)
      .filter(([place]) => place !== undefined);
    this.#sql.exec(
      "INSERT OR REPLACE INTO latencies SELECT value ->> 0, value ->> 1 FROM json_each(?)",
      JSON.stringify([...new Map(placed)]),
    );
  }

  list(): number[] {
    return this.#sql.queryAll<{ ms: number }>("SELECT ms FROM latencies").map(({ ms }) => ms);
  }
}
