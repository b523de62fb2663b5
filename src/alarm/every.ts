import type { Series } from "./missed.ts";

/** The times that are a whole number of intervals from the first: runs that are late do not move them. */
export function everySeries(interval: number): Series {
  return {
    spec: `every ${interval}`,
    after: (scheduled, time) => scheduled + interval * (Math.floor((time - scheduled) / interval) + 1),
  };
}
