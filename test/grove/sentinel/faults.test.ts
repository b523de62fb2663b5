import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { SentinelDO } from "../../../examples/grove/objects/sentinel.ts";
import { holdUploads, mendStores, stores } from "../../fixtures/grove/sentinel.ts";
import { Client } from "../../support/client.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json } from "../support/grove.ts";
import { alarmOf, at, batchesAt, begin, endedTest, keptIn, leftBy, newTest, rowsOf, runOf } from "./runs.ts";
import { startedTest, statusOf, steady } from "./runs.ts";

// What the object did before it was built on Loom: none of it is to come back. Fault 12 is in figures.test.ts.
beforeAll(prepareDatabase);
afterEach(() => {
  mendStores();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("1: a cancel during a batch stays one: for who asks, in D1, and for who listens", async () => {
  const started = await startedTest({ targetSystems: ["r2_upload"] }, "SentinelOnFailingStores");
  const client = await Client.open(started.object);
  at(9);
  const uploads = holdUploads();

  const batch = runDurableObjectAlarm(started.object);
  await uploads.begun(10);
  const answer = await ask(started.object, "POST /cancel");
  at(11);
  uploads.release();
  await batch;
  client.close(1000);

  expect(answer).toEqual(json({ success: true, status: "cancelled" }));
  expect(await statusOf(started)).toMatchObject({ status: "cancelled", elapsed: 9, completedOps: 0 });
  expect(await runOf(started)).toMatchObject({ status: "cancelled", total_operations: 0 });
  expect([await client.next(), await client.next()]).toEqual([{ type: "cancelled" }, { closed: 1000, reason: "" }]);
});

test("2: an alarm that wakes the object finds its test, and goes on with it", async () => {
  const started = await startedTest();
  await evictDurableObject(started.object);

  await batchesAt(started, 0.1);

  expect(await alarmOf(started)).toBe(1_900_000_001_100);
  expect(await statusOf(started)).toMatchObject({ status: "running", completedOps: 10 });
});

test.for<[string, object]>([
  ["no profile", { runId: "run", tenantId: "willow" }],
  ["no runId", { tenantId: "willow", profile: steady }],
  ["a concurrency of 0", { runId: "run", tenantId: "willow", profile: { ...steady, concurrency: 0 } }],
])("3: %s is a 400, after which there is no test", async ([, body]) => {
  const test = await newTest();

  const [status] = await ask(test.object, "POST /start", body);

  expect(status).toBe(400);
  expect(await statusOf(test)).toEqual({ status: "idle" });
  expect(await alarmOf(test)).toBeNull();
});

test("4: a checkpoint that fails is written with the next batch, once, and holds no batch up", async () => {
  const started = await startedTest({ durationSeconds: 100 }, "SentinelOnFailingStores");
  const { lines } = capture();
  stores.broken = /sentinel_checkpoints/;
  await batchesAt(started, 30.1);
  const due = await alarmOf(started);
  stores.broken = undefined;
  await batchesAt(started, 31.1);
  stores.broken = /sentinel_checkpoints/;

  await batchesAt(started, 32.1);

  expect(due).toBe(1_900_000_031_100);
  expect(lines).toMatchObject([{ level: "error", message: "D1 could not be told of a test." }]);
  expect(await rowsOf(started, "sentinel_checkpoints")).toMatchObject([{ checkpoint_index: 1, elapsed_seconds: 31 }]);
});

test("4: a final update that fails is tried again, with the same figures, also after an eviction", async () => {
  const started = await startedTest({}, "SentinelOnFailingStores");
  await batchesAt(started, 0.1);
  capture();
  stores.broken = /UPDATE sentinel_runs/;
  await batchesAt(started, 10);
  const [status, row] = [await statusOf(started), await runOf(started)];
  await evictDurableObject(started.object);
  stores.broken = undefined;

  await batchesAt(started, 15);

  expect(status).toMatchObject({ status: "completed", completedOps: 10 });
  expect(row).toMatchObject({ status: "running" });
  expect(await runOf(started)).toMatchObject({
    ...{ status: "completed", completed_at: 1_900_000_010, total_operations: 10, throughput_ops_sec: 1 },
  });
  expect(await alarmOf(started)).toBeNull();
});

test("4: a start that D1 is not told of is one", async () => {
  const { lines } = capture();
  const started = await newTest("SentinelOnFailingStores");
  stores.broken = /UPDATE sentinel_runs/;

  const answer = await begin(started);

  expect(answer).toEqual(json({ success: true, status: "running" }));
  expect(lines).toMatchObject([{ level: "error", message: "D1 could not be told of a test." }]);
  expect(await alarmOf(started)).toBe(1_900_000_000_100);
});

test("5: metrics are dropped at their own third failure, and those after them have three tries of their own", async () => {
  const big = { targetOperations: 1_000, concurrency: 100 };
  const started = await startedTest(big, "SentinelOnFailingStores");
  const { lines } = capture();
  stores.broken = /sentinel_metrics/;

  await batchesAt(started, 0.1, 1.1);
  await evictDurableObject(started.object);
  await batchesAt(started, 2.1);
  const kept = await keptIn(started, "metric_batches");
  stores.broken = undefined;
  await batchesAt(started, 3.1, 10);

  expect(kept).toMatchObject([
    { batch: 1, failures: 2 },
    { batch: 2, failures: 1 },
  ]);
  expect(lines.filter(({ dropped }) => dropped === 100)).toHaveLength(1);
  const rows = await rowsOf(started, "sentinel_metrics");
  expect([...new Set(rows.map(({ batch_index }) => batch_index))]).toEqual([1, 2, 3]);
});

test("5: at the end too, three failures are the end of metrics, and the figures arrive", async () => {
  const started = await startedTest({}, "SentinelOnFailingStores");
  capture();
  stores.broken = /sentinel_metrics/;

  await batchesAt(started, 0.1, 10, 20, 30);
  await batchesAt(started, 40);

  expect(await runOf(started)).toMatchObject({ status: "completed", total_operations: 10 });
  expect(await rowsOf(started, "sentinel_metrics")).toEqual([]);
  expect(await alarmOf(started)).toBeNull();
});

test("6: a second costs a row a latency and a few more, however long the test has run", async () => {
  const started = await startedTest();
  const changes = () =>
    runInDurableObject(started.object, (_, { storage }) => {
      return storage.sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n;
    });
  await batchesAt(started, 0.1);
  const first = await changes();
  await batchesAt(started, 1.1);
  const second = await changes();
  await batchesAt(started, 2.1, 3.1, 4.1, 5.1);
  const sixth = await changes();
  await batchesAt(started, 6.1);
  const seventh = await changes();

  // Ten latencies, the tally, the metrics, the alarm's row, and the platform's alarm, cleared and set.
  expect([second - first, seventh - sixth]).toEqual([15, 15]);
});

test("7: a client that closes without a code gets its close", async () => {
  const client = await Client.open((await startedTest()).object);

  client.close();

  expect(await client.next()).toMatchObject({ closed: 1005 });
});

test("8: a second start changes nothing of the test that runs", async () => {
  const started = await startedTest();
  await batchesAt(started, 0.1);
  at(1);
  const before = await statusOf(started);

  const answer = await begin(started, { durationSeconds: 1_000 });

  expect(answer).toEqual(json({ success: false, error: "Test already running" }, 409));
  expect(await statusOf(started)).toEqual(before);
});

test("8: of two starts at once one is refused", async () => {
  const test = await newTest();

  const answers = await Promise.all([begin(test), begin(test)]);

  expect(answers.map(([status]) => status).toSorted()).toEqual([200, 409]);
});

test("9: a test that is over is not cancelled any more", async () => {
  const ended = await endedTest("completed");

  const [status] = await ask(ended.object, "POST /cancel");
  await runInDurableObject(ended.object, (object: SentinelDO) => object.giveUp());

  expect(status).toBe(409);
  expect(await statusOf(ended)).toMatchObject({ status: "completed" });
  expect(await runOf(ended)).toMatchObject({ status: "completed" });
});

test("10: failures are counted by their codes, in the results and in D1", async () => {
  const started = await startedTest({ targetSystems: ["d1_writes"] }, "SentinelOnFailingStores");
  await batchesAt(started, 0.1);
  stores.broken = /sentinel_test_data/;

  await batchesAt(started, 1.1);
  stores.broken = undefined;
  await batchesAt(started, 10);

  expect(await statusOf(started)).toMatchObject({ failedOps: 10, results: { errorTypes: { D1_ERROR: 10 } } });
  expect(await runOf(started)).toMatchObject({ error_count: 10, error_types: '{"D1_ERROR":10}' });
});

test("11: a test writes into no table that others read, and leaves nothing", async () => {
  const [posts, row] = [
    "SELECT count(*) AS n FROM posts",
    "INSERT INTO posts (id, tenant_id, slug) VALUES (?, ?, 'a')",
  ];
  await grove.DB.prepare(row).bind(crypto.randomUUID(), "willow").run();
  const before = await grove.DB.prepare(posts).first("n");
  const started = await startedTest({ targetSystems: ["post_crud", "media_ops", "auth_flows"] });

  await batchesAt(started, 0.1, 1.1, 2.1, 10);

  expect(await statusOf(started)).toMatchObject({ status: "completed", completedOps: 30, failedOps: 0 });
  expect(await grove.DB.prepare(posts).first("n")).toBe(before);
  expect(await leftBy(started)).toEqual([]);
});

test("13: an operation that fails leaves a metric that says why", async () => {
  const started = await startedTest({ targetSystems: ["d1_writes"] }, "SentinelOnFailingStores");
  stores.broken = /sentinel_test_data/;

  await batchesAt(started, 0.1);
  stores.broken = undefined;
  await batchesAt(started, 10);

  const rows = await rowsOf(started, "sentinel_metrics");
  expect(rows).toHaveLength(10);
  expect(rows[0]).toMatchObject({ success: 0, error_code: "D1_ERROR", operation_type: "d1_writes" });
  expect(rows[0]!.error_message).toContain("no_such_column");
});

test("14: the largest batch and the clean-up after it stay under a thousand subrequests", async () => {
  const largest = { targetOperations: 10_000, concurrency: 200, durationSeconds: 1 };
  const started = await startedTest({ ...largest, targetSystems: ["auth_flows", "kv_put"] });
  const calls = await runInDurableObject(started.object, async (object: SentinelDO) => {
    const { DB, KV } = (object as unknown as { env: typeof grove }).env; // protected
    const spies = [vi.spyOn(KV, "get"), vi.spyOn(KV, "put"), vi.spyOn(KV, "delete"), vi.spyOn(DB, "prepare")];
    at(0.1);
    await object.runBatch();
    at(1);
    await object.runBatch();
    await Promise.all([object.report(), object.cleanUp()]);
    return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  });

  expect(await statusOf(started)).toMatchObject({ status: "completed", completedOps: 200 });
  expect(calls).toBeGreaterThan(400);
  expect(calls).toBeLessThan(1_000);
});
