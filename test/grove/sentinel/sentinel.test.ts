import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { SentinelDO } from "../../../examples/grove/objects/sentinel.ts";
import { holdUploads, mendStores, stores } from "../../fixtures/grove/sentinel.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json, notAllowed } from "../support/grove.ts";
import {
  alarmOf,
  at,
  batchesAt,
  begin,
  keptIn,
  leftBy,
  newTest,
  reached,
  rowsOf,
  runOf,
  start,
  startedTest,
  statusOf,
} from "./runs.ts";

beforeAll(prepareDatabase);
beforeEach(() => void vi.spyOn(console, "debug").mockImplementation(() => {}));
afterEach(() => {
  mendStores();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("an object without a test is idle, and waits for nothing", async () => {
  const { object } = await newTest();

  expect(await ask(object, "GET /status")).toEqual(json({ status: "idle" }));
  expect(await ask(object, "POST /cancel")).toEqual(json({ success: false, error: "No active test" }, 400));
  expect(await alarmOf({ object })).toBeNull();
});

test("a start is told to D1, and the first batch comes 100 ms later", async () => {
  const started = await newTest();

  const answer = await begin(started);

  expect(answer).toEqual(json({ success: true, status: "running" }));
  expect(await runOf(started)).toMatchObject({ status: "running", started_at: start / 1000, updated_at: start / 1000 });
  expect(await alarmOf(started)).toBe(start + 100);
});

test("GET /status tells what has been done, to the fraction of a second", async () => {
  const started = await startedTest();
  await batchesAt(started, 0.1);
  at(2.5);

  const { runId, object } = started;
  const progress = { elapsed: 2.5, completedOps: 10, failedOps: 0, progress: 25 };
  expect(await ask(object, "GET /status")).toEqual(json({ status: "running", runId, ...progress }));
});

test("a batch a second is as large as the load asks, and no larger than the concurrency", async () => {
  const [free, bound] = [await startedTest(), await startedTest({ concurrency: 7 })];

  await batchesAt(free, 0.1);
  const due = await alarmOf(free);
  await batchesAt(free, 1.1);
  await batchesAt(bound, 0.1, 1.1);

  expect(due).toBe(start + 1_100);
  expect(await statusOf(free)).toMatchObject({ completedOps: 20 });
  expect(await statusOf(bound)).toMatchObject({ completedOps: 14 });
});

test("a batch of nothing is none, and the test goes on", async () => {
  const customConfig = { loadCurve: [{ second: 0, opsPerSecond: 0 }] };
  const started = await startedTest({ type: "custom", customConfig });

  await batchesAt(started, 0.1);

  expect(await statusOf(started)).toMatchObject({ status: "running", completedOps: 0, failedOps: 0 });
  expect(await alarmOf(started)).toBe(start + 1_100);
});

test("when its time is over a test is completed: D1 has all figures, and nothing is pending", async () => {
  const started = await startedTest();

  await batchesAt(started, 0.1, 5, 10);
  const { status, results, ...progress } = await statusOf(started);
  const row = await runOf(started);

  expect(status).toBe("completed");
  expect(progress).toEqual({ runId: started.runId, elapsed: 10, completedOps: 20, failedOps: 0, progress: 100 });
  expect(results).toMatchObject({ totalOperations: 20, successfulOperations: 20, throughputOpsPerSec: 2 });
  const latencies = results as Record<string, number>;
  expect(row).toEqual({
    ...{ id: started.runId, tenant_id: "willow", name: "A test", profile_type: "sustained", status: "completed" },
    ...{ started_at: start / 1000, completed_at: start / 1000 + 10, updated_at: start / 1000 + 10 },
    ...{ total_operations: 20, successful_operations: 20, failed_operations: 0, error_count: 0, error_types: "{}" },
    ...{ avg_latency_ms: latencies.avgLatencyMs, p50_latency_ms: latencies.p50LatencyMs },
    ...{ p95_latency_ms: latencies.p95LatencyMs, p99_latency_ms: latencies.p99LatencyMs },
    ...{ max_latency_ms: latencies.maxLatencyMs, min_latency_ms: latencies.minLatencyMs, throughput_ops_sec: 2 },
  });
  expect(await alarmOf(started)).toBeNull();
});

test("a last batch that ends when the time is over is the last", async () => {
  const started = await startedTest({ targetSystems: ["r2_upload"] }, "SentinelOnFailingStores");
  at(9.9);
  const uploads = holdUploads();

  const batch = runDurableObjectAlarm(started.object);
  await uploads.begun(10);
  at(10.2);
  uploads.release();
  await batch;

  expect(await statusOf(started)).toMatchObject({ status: "completed", elapsed: 10.2, completedOps: 10 });
});

test("an alarm that is late by hours ends the test, and starts no batch", async () => {
  const started = await startedTest();
  await batchesAt(started, 0.1);

  await batchesAt(started, 10_000);

  expect(await statusOf(started)).toMatchObject({ status: "completed", completedOps: 10, progress: 100 });
});

test("a cancelled test stays as it was: D1 knows, and no batch comes any more", async () => {
  const started = await startedTest();
  await batchesAt(started, 0.1);
  at(0.5);

  const answer = await ask(started.object, "POST /cancel", "whatever");
  at(3);
  await runDurableObjectAlarm(started.object);

  expect(answer).toEqual(json({ success: true, status: "cancelled" }));
  expect(await statusOf(started)).toMatchObject({ status: "cancelled", elapsed: 0.5, completedOps: 10, progress: 5 });
  expect(await runOf(started)).toMatchObject({ status: "cancelled", total_operations: 10, completed_at: start / 1000 });
  expect(await alarmOf(started)).toBeNull();
});

test("a test survives evictions between all of its steps", async () => {
  const started = await startedTest({ targetSystems: ["kv_put"] });
  const evict = () => evictDurableObject(started.object);

  await evict();
  await batchesAt(started, 0.1);
  await evict();
  await batchesAt(started, 1.1);
  await evict();
  const between = await statusOf(started);
  await evict();
  await batchesAt(started, 10);
  await evict();

  expect(between).toMatchObject({ status: "running", completedOps: 20 });
  expect(await statusOf(started)).toMatchObject({ status: "completed", completedOps: 20 });
  expect(await runOf(started)).toMatchObject({ status: "completed", total_operations: 20 });
  expect(await rowsOf(started, "sentinel_metrics")).toHaveLength(20);
  expect(await leftBy(started)).toEqual([]);
});

test("a batch that the object does not outlive is done again, and counts once", async () => {
  const crashing = await startedTest({ targetSystems: ["r2_upload"] }, "SentinelOnFailingStores");
  const started = reached(crashing, "SentinelOnFailingStores");
  const uploads = holdUploads();
  at(0.1);
  const crashed = failureOf(runDurableObjectAlarm(crashing.object));
  await uploads.begun(10);
  await failureOf(runInDurableObject(crashing.object, (_, ctx) => ctx.abort("a crash")));
  await crashed;
  uploads.release();
  at(0.6);

  // What the platform does after a crash.
  const again = { retryCount: 1, isRetry: true, scheduledTime: start + 100 } as const;
  await runInDurableObject(started.object, (instance: SentinelDO) => instance.alarm(again));
  const between = await statusOf(started);
  await batchesAt(started, 1.6, 10);

  expect(between).toMatchObject({ status: "running", completedOps: 10 });
  expect(await statusOf(started)).toMatchObject({ status: "completed", completedOps: 20 });
  expect(await leftBy(started)).toEqual([]);
});

test("an object that is made for a guessed name writes nothing when it wakes", async () => {
  const test = await newTest();
  await statusOf(test);
  await evictDurableObject(test.object);
  await statusOf(test);

  expect(await keptIn(test, "latencies")).toEqual([]);
  expect(await alarmOf(test)).toBeNull();
});

test("metrics go to D1 from a hundred on, and the others at the end", async () => {
  const started = await startedTest({ targetOperations: 600, concurrency: 60 });

  await batchesAt(started, 0.1);
  const [before, kept] = [await rowsOf(started, "sentinel_metrics"), await keptIn(started, "metric_batches")];
  await batchesAt(started, 1.1);
  const [after, rest] = [await rowsOf(started, "sentinel_metrics"), await keptIn(started, "metric_batches")];
  await batchesAt(started, 2.1, 10);

  expect([before.length, after.length]).toEqual([0, 120]);
  expect(kept).toMatchObject([{ batch: 0, size: 60, failures: 0 }]);
  expect(rest).toEqual([]);
  expect(await rowsOf(started, "sentinel_metrics")).toHaveLength(180);
  expect(await keptIn(started, "metric_batches")).toEqual([]);
});

test("a metric is a row, its times in seconds", async () => {
  const started = await startedTest({ targetOperations: 10, targetSystems: ["kv_get"] });
  const { object, runId } = started;

  await batchesAt(started, 0.1, 1.1, 10);

  const metric = {
    ...{ run_id: runId, tenant_id: "willow", operation_type: "kv_get", operation_name: "kv_get_simple" },
    ...{ latency_ms: expect.any(Number), success: 1, error_message: null, error_code: null, rows_affected: null },
    bytes_transferred: 0,
  };
  expect(await rowsOf(started, "sentinel_metrics")).toEqual([
    { id: `${object.id}_0_0`, ...metric, batch_index: 0, started_at: start / 1000, completed_at: start / 1000 },
    { id: `${object.id}_1_0`, ...metric, batch_index: 1, started_at: start / 1000 + 1, completed_at: start / 1000 + 1 },
  ]);
});

test("a checkpoint is written every 30 seconds, once, also after an eviction", async () => {
  const started = await startedTest({ durationSeconds: 100, targetOperations: 1_000, concurrency: 10 });

  await batchesAt(started, 0.1, 29.9, 30.2, 31.2);
  await evictDurableObject(started.object);
  await batchesAt(started, 32.2, 61);

  const checkpoint = { run_id: started.runId, tenant_id: "willow", operations_failed: 0, error_rate: 0 };
  expect(await rowsOf(started, "sentinel_checkpoints")).toMatchObject([
    {
      ...{ ...checkpoint, checkpoint_index: 1, recorded_at: start / 1000 + 30, elapsed_seconds: 30 },
      ...{ operations_completed: 30, current_throughput: 30 / 30.2, avg_latency_ms: expect.any(Number) },
    },
    { ...checkpoint, checkpoint_index: 2, elapsed_seconds: 61, operations_completed: 60 },
  ]);
});

test("a checkpoint tells which part has failed", async () => {
  const started = await startedTest({ durationSeconds: 100, targetSystems: ["d1_reads"] }, "SentinelOnFailingStores");
  await batchesAt(started, 0.1);
  stores.broken = /FROM (posts|sentinel_test_data)/;

  await batchesAt(started, 30.1);

  expect(await rowsOf(started, "sentinel_checkpoints")).toMatchObject([
    { operations_completed: 2, operations_failed: 1, error_rate: 0.5 },
  ]);
});

test("many batches that wait go to D1 a hundred at a time, and what has not been tried has not failed", async () => {
  const started = await startedTest({}, "SentinelOnFailingStores");
  capture();
  await batchesAt(started, 0.1);
  await runInDurableObject(started.object, (_, { storage }) => {
    const batches = "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 249)";
    const columns = "metric_batches (batch, metrics, size)";
    storage.sql.exec(`${batches} INSERT INTO ${columns} SELECT i, metrics, size FROM n, metric_batches`);
  });
  await evictDurableObject(started.object);
  stores.broken = /sentinel_metrics/;

  await batchesAt(started, 1.1);
  const failures = (await keptIn(started, "metric_batches")).map((row) => row.failures);
  stores.broken = undefined;
  await batchesAt(started, 2.1);
  const afterOne = await rowsOf(started, "sentinel_metrics");
  await batchesAt(started, 10);

  expect(failures.toSorted()).toEqual([...Array(52).fill(0), ...Array(100).fill(1)]);
  expect(afterOne).toHaveLength(1_000);
  expect(await rowsOf(started, "sentinel_metrics")).toHaveLength(1_530);
});

test("latencies are a row each", async () => {
  const started = await startedTest({ targetOperations: 2_000, concurrency: 200 });
  await batchesAt(started, 0.1);
  const rows = await keptIn(started, "latencies");

  expect(rows.map(({ place }) => place)).toEqual(Array.from({ length: 200 }, (_, place) => place));
});

test("a test that D1 has no row for runs anyway, and the log says so", async () => {
  const { object, tenantId } = await newTest();
  const { lines } = capture();

  await begin({ object, tenantId, runId: "unknown" });
  await batchesAt({ object }, 0.1, 10);

  const said = "D1 has no row for this test, or one that has ended.";
  expect(lines.filter(({ message }) => message === said)).toHaveLength(2);
  expect(await statusOf({ object })).toMatchObject({ status: "completed", completedOps: 10 });
});

test("a row that says how a test has ended is not said to run", async () => {
  const started = await newTest();
  await grove.DB.prepare("UPDATE sentinel_runs SET status = 'cancelled' WHERE id = ?").bind(started.runId).run();
  const { lines } = capture();

  await begin(started);

  expect(await runOf(started)).toMatchObject({ status: "cancelled", started_at: null });
  expect(lines).toMatchObject([{ level: "warn" }]);
});

test("a clock that is set back has no test run for less than no time", async () => {
  const started = await startedTest();
  at(-5);

  expect(await statusOf(started)).toMatchObject({ elapsed: 0, progress: 0 });
});

test("the row of another tenant's test is left alone", async () => {
  capture();
  const other = await newTest();
  const { object } = await newTest();

  await begin({ object, runId: other.runId, tenantId: "rowan" });
  await batchesAt({ object }, 0.1, 10);

  expect(await runOf(other)).toMatchObject({ tenant_id: "willow", status: "pending", total_operations: null });
});

/** Has every batch fail from now on. */
async function withBatchesFailing({ object }: { object: DurableObjectStub }) {
  await runInDurableObject(object, (instance: SentinelDO) => {
    vi.spyOn(instance, "runBatch").mockRejectedValue(new Error("the batch failed"));
  });
}

test("a batch that fails is tried again, and the test goes on", async () => {
  const started = await startedTest();
  const { lines } = capture();
  await withBatchesFailing(started);
  await batchesAt(started, 0.1);
  const due = await alarmOf(started);
  await evictDurableObject(started.object);

  await batchesAt(started, 2, 10);

  expect(lines[0]).toMatchObject({ code: "GROVE-LOOM-051" });
  expect(due).toBeLessThanOrEqual(start + 1_100);
  expect(await statusOf(started)).toMatchObject({ status: "completed", completedOps: 10 });
});

test("a test whose batches fail until a minute after its time has failed, with what it has found out", async () => {
  const started = await startedTest({ targetSystems: ["kv_put"] });
  await batchesAt(started, 0.1);
  capture();
  await withBatchesFailing(started);

  await batchesAt(started, 1.1, 69.9);
  const before = await statusOf(started);
  await batchesAt(started, 70);

  expect(before).toMatchObject({ status: "running" });
  expect(await statusOf(started)).toMatchObject({ status: "failed", results: { totalOperations: 10 } });
  expect(await runOf(started)).toMatchObject({ status: "failed", total_operations: 10 });
  expect(await leftBy(started)).toEqual([]);
  expect(await alarmOf(started)).toBeNull();
});

test("a wrong method is a 405", async () => {
  const { object } = await newTest();

  expect(await ask(object, "GET /start")).toEqual(notAllowed);
  expect(await ask(object, "POST /status")).toEqual(notAllowed);
});
