import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, json, notJson } from "../support/grove.ts";
import { alarmOf, batchesAt, begin, endedTest, keptIn, newTest, startedTest, statusOf, steady } from "./runs.ts";

beforeAll(prepareDatabase);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const success = json({ success: true, status: "running" });
const body = { runId: "run", tenantId: "willow", profile: steady };

function points(count: number) {
  return Array.from({ length: count }, (_, second) => ({ second, opsPerSecond: 1 }));
}

test.for(["{", "", "null", "[]", '"text"', "7"])("%j as a body is no JSON that will do", async (text) => {
  const { object } = await newTest();

  expect(await ask(object, "POST /start", text)).toEqual(notJson);
  expect(await statusOf({ object })).toEqual({ status: "idle" });
});

test.for<[object, string]>([
  [{ runId: undefined }, "runId"],
  [{ runId: "" }, "runId"],
  [{ runId: "x".repeat(129) }, "runId"],
  [{ runId: 7 }, "runId"],
  [{ tenantId: undefined }, "tenantId"],
  [{ tenantId: "" }, "tenantId"],
  [{ tenantId: "x".repeat(129) }, "tenantId"],
  [{ profile: undefined }, "profile"],
  [{ profile: null }, "profile"],
  [{ profile: [] }, "profile"],
])("%j is a 400 that names the field, and nothing is stored", async ([change, field]) => {
  const { object } = await newTest();

  expect(await ask(object, "POST /start", { ...body, ...change })).toEqual(invalid(field));
  expect(await statusOf({ object })).toEqual({ status: "idle" });
  expect(await alarmOf({ object })).toBeNull();
});

function invalid(field: string) {
  return json({ success: false, error: `Invalid profile: ${field}` }, 400);
}

test.for<[object, string]>([
  [{ type: undefined }, "type"],
  [{ type: "burst" }, "type"],
  [{ type: "constructor" }, "type"],
  [{ durationSeconds: undefined }, "durationSeconds"],
  [{ durationSeconds: 0.9 }, "durationSeconds"],
  [{ durationSeconds: 3_600.1 }, "durationSeconds"],
  [{ durationSeconds: "60" }, "durationSeconds"],
  [{ targetOperations: 0 }, "targetOperations"],
  [{ targetOperations: 10_000_001 }, "targetOperations"],
  [{ targetOperations: 1.5 }, "targetOperations"],
  [{ concurrency: 0 }, "concurrency"],
  [{ concurrency: 201 }, "concurrency"],
  [{ concurrency: 1.5 }, "concurrency"],
  [{ targetSystems: undefined }, "targetSystems"],
  [{ targetSystems: [] }, "targetSystems"],
  [{ targetSystems: "kv_get" }, "targetSystems"],
  [{ targetSystems: ["kv_get", "kv_del"] }, "targetSystems"],
  [{ targetSystems: Array(10).fill("kv_get") }, "targetSystems"],
  [{ spikeConfig: { multiplier: -1 } }, "spikeConfig.multiplier"],
  [{ spikeConfig: { warmupSeconds: "20%" } }, "spikeConfig.warmupSeconds"],
  [{ spikeConfig: { spikeSeconds: null } }, "spikeConfig.spikeSeconds"],
  [{ spikeConfig: 7 }, "spikeConfig"],
  [{ oscillationConfig: { periodSeconds: -1 } }, "oscillationConfig.periodSeconds"],
  [{ oscillationConfig: { minOpsPerSecond: -1 } }, "oscillationConfig.minOpsPerSecond"],
  [{ oscillationConfig: { maxOpsPerSecond: -1 } }, "oscillationConfig.maxOpsPerSecond"],
  [{ oscillationConfig: { waveform: "triangle" } }, "oscillationConfig.waveform"],
  [{ rampConfig: { startOpsPerSecond: -1 } }, "rampConfig.startOpsPerSecond"],
  [{ rampConfig: { endOpsPerSecond: -1 } }, "rampConfig.endOpsPerSecond"],
  [{ rampConfig: { rampUpSeconds: -1 } }, "rampConfig.rampUpSeconds"],
  [{ rampConfig: { holdSeconds: -1 } }, "rampConfig.holdSeconds"],
  [{ rampConfig: { rampDownSeconds: -1 } }, "rampConfig.rampDownSeconds"],
  [{ customConfig: { loadCurve: 7 } }, "customConfig.loadCurve"],
  [{ customConfig: { loadCurve: [{ second: -1, opsPerSecond: 1 }] } }, "customConfig.loadCurve.second"],
  [{ customConfig: { loadCurve: [{ second: 1, opsPerSecond: -1 }] } }, "customConfig.loadCurve.opsPerSecond"],
  [{ customConfig: { loadCurve: [{ second: 1 }] } }, "customConfig.loadCurve.opsPerSecond"],
])("a profile of %j is a 400 that names the field", async ([change, field]) => {
  const { object } = await newTest();

  expect(await ask(object, "POST /start", { ...body, profile: { ...steady, ...change } })).toEqual(invalid(field));
  expect(await statusOf({ object })).toEqual({ status: "idle" });
});

test("a number that is not finite, and a curve of more points than seconds, are refused", async () => {
  const { object } = await newTest();
  const infinite = JSON.stringify({ ...body, profile: { ...steady, spikeConfig: { multiplier: 5e99 } } });
  const long = { ...steady, customConfig: { loadCurve: points(3_602) } };

  expect(await ask(object, "POST /start", infinite.replace("5e+99", "1e999"))).toEqual(
    invalid("spikeConfig.multiplier"),
  );
  expect(await ask(object, "POST /start", { ...body, profile: long })).toEqual(invalid("customConfig.loadCurve"));
});

test.for<[string, object]>([
  ["the longest test", { durationSeconds: 3_600 }],
  ["the shortest", { durationSeconds: 1 }],
  ["the most operations", { targetOperations: 10_000_000 }],
  ["the fewest", { targetOperations: 1 }],
  ["the most at once", { concurrency: 200 }],
  ["one at a time", { concurrency: 1 }],
  ["the longest curve", { type: "custom", customConfig: { loadCurve: points(3_601) } }],
  ["an empty curve", { type: "custom", customConfig: {} }],
])("%s is within bounds", async ([, change]) => {
  expect(await begin(await newTest(), change)).toEqual(success);
});

test("ids of 128 characters are", async () => {
  const { object } = await newTest();
  const long = "é".repeat(128);

  const answer = await ask(object, "POST /start", { ...body, runId: long, tenantId: long });
  await batchesAt({ object }, 0.1);

  expect(answer).toEqual(success);
  expect(await statusOf({ object })).toMatchObject({ completedOps: 10, failedOps: 0 });
});

test("a second start of a running test is a 409, whatever it is for", async () => {
  const started = await startedTest();

  const answers = [await begin(started), await ask(started.object, "POST /start", { ...body, runId: "another" })];

  const running = json({ success: false, error: "Test already running" }, 409);
  expect(answers).toEqual([running, running]);
});

test.for(["completed", "cancelled", "failed"] as const)("a test that is %s is not started again", async (status) => {
  const started = await endedTest(status);

  const refused = json({ success: false, error: `Test already ${status}`, status }, 409);
  expect(await begin(started)).toEqual(refused);
  expect(await ask(started.object, "POST /start", { ...body, runId: "another" })).toEqual(refused);
  expect(await ask(started.object, "POST /cancel")).toEqual(refused);
  expect(await statusOf(started)).toMatchObject({ status });
});

test("an operation on a store that is not bound fails with NO_BINDING, and the test goes on", async () => {
  const targetSystems = ["d1_writes", "kv_put", "r2_upload"] as const;
  const started = await startedTest({ targetSystems }, "SentinelWithoutStores");

  await batchesAt(started, 0.1, 1.1, 10);

  const results = { totalOperations: 20, successfulOperations: 0, errorTypes: { NO_BINDING: 20 } };
  expect(await statusOf(started)).toMatchObject({ status: "completed", failedOps: 20, results });
  expect(await alarmOf(started)).toBeNull();
});

test("without a database ten thousand metrics and latencies are kept, and no more; the results stay", async () => {
  const started = await startedTest(
    { durationSeconds: 60, targetOperations: 11_940, concurrency: 199 },
    "SentinelWithoutStores",
  );
  const { lines } = capture();

  await batchesAt(started, ...Array.from({ length: 52 }, (_, at) => at + 0.1));
  const [latencies, metrics] = [await keptIn(started, "latencies"), await keptIn(started, "metric_batches")];
  await batchesAt(started, 60);

  expect(latencies).toHaveLength(10_000);
  expect(metrics.reduce((sum, { size }) => sum + Number(size), 0)).toBe(10_000);
  expect(lines.filter(({ message }) => String(message).startsWith("Metrics are dropped"))).toHaveLength(1);
  expect(await statusOf(started)).toMatchObject({ status: "completed", results: { totalOperations: 10_348 } });
  expect(await keptIn(started, "metric_batches")).toEqual([]);
});
