import type { SentinelResults } from "../../types.ts";
import type { Metric } from "./metric.ts";

/** What is counted of all operations, however many there are. */
export interface Tally {
  readonly batches: number;
  readonly completedOps: number;
  readonly failedOps: number;
  readonly latencySum: number;
  readonly latencyMin: number;
  readonly latencyMax: number;
  readonly errorTypes: Readonly<Record<string, number>>;
}

export const emptyTally: Tally = {
  ...{ batches: 0, completedOps: 0, failedOps: 0 },
  ...{ latencySum: 0, latencyMin: 0, latencyMax: 0, errorTypes: {} },
};

/** The tally with one more batch in it. */
export function counted(tally: Tally, metrics: readonly Metric[]): Tally {
  const latencies = metrics.map(({ latencyMs }) => latencyMs);
  const known = tally.completedOps > 0 ? [tally.latencyMin, tally.latencyMax] : [];
  return {
    batches: tally.batches + 1,
    completedOps: tally.completedOps + metrics.length,
    failedOps: tally.failedOps + metrics.filter(({ success }) => !success).length,
    latencySum: latencies.reduce((sum, latency) => sum + latency, tally.latencySum),
    latencyMin: latencies.length + known.length > 0 ? Math.min(...known, ...latencies) : 0,
    latencyMax: Math.max(0, ...known, ...latencies),
    errorTypes: countedErrors(tally.errorTypes, metrics),
  };
}

function countedErrors(errorTypes: Tally["errorTypes"], metrics: readonly Metric[]): Tally["errorTypes"] {
  const counts = new Map(Object.entries(errorTypes));
  for (const { errorCode } of metrics) {
    if (errorCode !== undefined) counts.set(errorCode, (counts.get(errorCode) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** The mean over all operations; 0 if there are none. */
export function averageOf({ latencySum, completedOps }: Tally): number {
  return completedOps > 0 ? latencySum / completedOps : 0;
}

/** Operations a second. */
export function throughputOf({ completedOps }: Tally, elapsed: number): number {
  return completedOps / Math.max(elapsed, 1);
}

/** What `part` of the latencies are below, of some that are sorted; 0 if there are none. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(sorted.length * part)] ?? 0;
}

/** What a test found out: percentiles from a sample, the rest from all operations. */
export function resultsOf(tally: Tally, sample: readonly number[], elapsed: number): SentinelResults {
  const sorted = sample.toSorted((one, other) => one - other);
  return {
    totalOperations: tally.completedOps,
    successfulOperations: tally.completedOps - tally.failedOps,
    failedOperations: tally.failedOps,
    avgLatencyMs: averageOf(tally),
    p50LatencyMs: percentile(sorted, 0.5),
    p95LatencyMs: percentile(sorted, 0.95),
    p99LatencyMs: percentile(sorted, 0.99),
    maxLatencyMs: tally.latencyMax,
    minLatencyMs: tally.latencyMin,
    throughputOpsPerSec: throughputOf(tally, elapsed),
    errorCount: tally.failedOps,
    errorTypes: tally.errorTypes,
  };
}
