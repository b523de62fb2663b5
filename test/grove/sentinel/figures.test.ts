import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { LoomLogger, SqlHelper } from "loom-do";
import { afterEach, expect, test, vi } from "vitest";
import { counted, emptyTally, percentile, resultsOf } from "../../../examples/grove/objects/sentinel/figures.ts";
import { LatencySample, placeOf, sampleSize } from "../../../examples/grove/objects/sentinel/latency-sample.ts";
import type { Metric } from "../../../examples/grove/objects/sentinel/metric.ts";
import { chooseSystem, systems } from "../../../examples/grove/objects/sentinel/systems.ts";
import type { SentinelSystem } from "../../../examples/grove/types.ts";
import { grove } from "../support/grove.ts";

afterEach(() => void vi.restoreAllMocks());

function metric(latencyMs: number, errorCode?: string): Metric {
  const result = { success: errorCode === undefined, latencyMs, operationName: "kv_get_simple" };
  return { system: "kv_get", startedAt: 0, completedAt: 0, ...result, ...(errorCode !== undefined && { errorCode }) };
}

const latencies = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }));

test("a percentile is the one at the whole part of n times p, and 0 of none", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at);

  expect([0.5, 0.95, 0.99].map((part) => percentile(hundred, part))).toEqual([50, 95, 99]);
  expect(percentile([7, 8, 9], 0.5)).toBe(8);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.5)).toBe(0);
});

test("results are the figures of all operations, and percentiles of the sample", () => {
  const batches = [[metric(30), metric(10, "D1_ERROR")], [], [metric(20, "D1_ERROR"), metric(60, "NO_BINDING")]];

  const tally = batches.reduce(counted, emptyTally);

  expect(tally.batches).toBe(3);
  expect(resultsOf(tally, [30, 10, 20, 60], 2)).toEqual({
    ...{ totalOperations: 4, successfulOperations: 1, failedOperations: 3 },
    ...{ avgLatencyMs: 30, p50LatencyMs: 30, p95LatencyMs: 60, p99LatencyMs: 60, maxLatencyMs: 60, minLatencyMs: 10 },
    ...{ throughputOpsPerSec: 2, errorCount: 3, errorTypes: { D1_ERROR: 2, NO_BINDING: 1 } },
  });
});

test("the throughput of less than a second is that of a second", () => {
  expect(resultsOf(counted(emptyTally, [metric(1)]), [1], 0.1).throughputOpsPerSec).toBe(1);
});

test("of no operations everything is 0", () => {
  const figures = Object.values(resultsOf(counted(emptyTally, []), [], 0));

  expect(figures).toEqual([...Array(11).fill(0), {}]);
});

test("12: whatever the latencies, they are sorted for the percentiles, and stay in their order", () =>
  fc.assert(
    fc.property(latencies, (sample) => {
      const before = [...sample];
      const { p50LatencyMs, p95LatencyMs, p99LatencyMs } = resultsOf(emptyTally, sample, 1);

      const sorted = before.toSorted((one, other) => one - other);
      const expected = [0.5, 0.95, 0.99].map((part) => sorted[Math.floor(sorted.length * part)] ?? 0);
      expect([p50LatencyMs, p95LatencyMs, p99LatencyMs]).toEqual(expected);
      expect(sample).toEqual(before);
    }),
  ));

test("however operations are cut into batches, the tally is the same", () =>
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 1_000 })), { minLength: 1 }), (batches) => {
      const cut = batches.map((batch) => batch.map((latency) => metric(latency))).reduce(counted, emptyTally);
      const whole = counted(
        emptyTally,
        batches.flat().map((latency) => metric(latency)),
      );

      expect({ ...cut, batches: 1 }).toEqual(whole);
    }),
  ));

test("the first ten thousand latencies all have a place of their own", () => {
  expect([0, 1, 9_999].map((seen) => placeOf(seen, 0.999))).toEqual([0, 1, 9_999]);
});

test("from then on each has the same chance to replace one: ten thousand of as many as there are", () =>
  fc.assert(
    fc.property(fc.integer({ min: sampleSize, max: 10_000_000 }), (seen) => {
      const chance = sampleSize / (seen + 1);

      expect(placeOf(seen, chance * 0.999)).toBeLessThan(sampleSize);
      expect(placeOf(seen, Math.min(chance * 1.001, 1 - Number.EPSILON))).toBeUndefined();
      expect(placeOf(seen, 0)).toBe(0);
    }),
  ));

test("a latency that takes the place of another replaces it", async () => {
  const object = grove.SENTINEL.getByName(crypto.randomUUID());

  const sample = await runInDurableObject(object, (_, { storage }) => {
    const kept = new LatencySample(new SqlHelper(storage, new LoomLogger("sample", "")));
    kept.add(
      Array.from({ length: sampleSize }, () => metric(1)),
      0,
    );
    vi.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValueOnce(0.999_999);
    kept.add([metric(7), metric(8)], sampleSize);
    return kept.list();
  });

  expect(sample).toHaveLength(sampleSize);
  expect(sample.filter((ms) => ms > 1)).toEqual([7]);
});

test.for<[SentinelSystem[], number, SentinelSystem]>([
  [["d1_reads", "kv_get"], 0, "d1_reads"],
  [["d1_reads", "kv_get"], 0.799, "d1_reads"],
  [["d1_reads", "kv_get"], 0.801, "kv_get"],
  [["d1_reads", "kv_get"], 0.999_999_999, "kv_get"],
  [["r2_upload"], 0, "r2_upload"],
  [["r2_upload"], 1 - Number.EPSILON, "r2_upload"],
])("of %j, at %d, %s is chosen", ([asked, chance, expected]) => {
  expect(chooseSystem(asked, chance)).toBe(expected);
});

test.for<[SentinelSystem, number]>([
  ["d1_reads", 0.6],
  ["kv_get", 0.15],
  ["auth_flows", 0.1],
  ["r2_download", 0.08],
  ["d1_writes", 0.05],
  ["kv_put", 0.05],
  ["r2_upload", 0.02],
  ["post_crud", 0.1],
  ["media_ops", 0.1],
])("of all systems, %s is chosen as often as it weighs: %d of 1.25", ([system, weight]) => {
  const chances = Array.from({ length: 12_500 }, (_, at) => (at + 0.5) / 12_500);

  const chosen = chances.filter((chance) => chooseSystem(systems, chance) === system).length;

  expect(Math.abs(chosen - weight * 10_000)).toBeLessThanOrEqual(1);
});
