import type { MetricPoint, MetricType, Recorded, Series } from "./types.ts";

/** What the first `most` series did that did something since they were last settled. */
export function changedPoints({ families }: Recorded, most: number): Changed[] {
  const found: Changed[] = [];
  const at = Date.now();
  for (const [name, { type, series }] of families) {
    for (const each of series.values()) {
      if (each.count === each.given.count) continue;
      if (found.length === most) return found;
      found.push({ series: each, point: { name, type, labels: each.labels, ...growth(type, each), at } });
    }
  }
  return found;
}

/** Notes that what `changed` says was given away. */
export function settle(changed: readonly Changed[]): void {
  for (const { series } of changed) series.given = { value: series.value, count: series.count };
}

interface Changed {
  readonly series: Series;
  readonly point: MetricPoint;
}

function growth(type: MetricType, { value, count, given }: Series): Pick<MetricPoint, "value" | "count"> {
  if (type === "gauge") return { value, count: 1 };
  return { value: value - given.value, count: type === "histogram" ? count - given.count : 1 };
}

/** What a dataset of the Analytics Engine takes. */
export type PointWriter = Pick<AnalyticsEngineDataset, "writeDataPoint">;

// An index takes 96 bytes (developers.cloudflare.com/analytics/analytics-engine/limits).
const mostIndex = 96;

/**
 * Writes `points` to the Analytics Engine: the name is the index, the blobs are name, type and labels as JSON, the
 * doubles value, count and time.
 */
export function sendToAnalyticsEngine(dataset: PointWriter, points: readonly MetricPoint[]): void {
  for (const { name, type, labels, value, count, at } of points) {
    dataset.writeDataPoint({
      indexes: [name.slice(0, mostIndex)],
      blobs: [name, type, JSON.stringify(labels)],
      doubles: [value, count, at],
    });
  }
}
