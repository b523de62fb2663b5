import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { SentinelDO } from "../../../examples/grove/objects/sentinel.ts";
import { Client } from "../../support/client.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask } from "../support/grove.ts";
import { at, batchesAt, newTest, startedTest, statusOf } from "./runs.ts";

beforeAll(prepareDatabase);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.for(["/", "/ws", "/start", "/status", "/any/path"])("%s takes a socket", async (path) => {
  const { object } = await newTest();

  await Client.open(object, path);

  expect(await runInDurableObject(object, (_, ctx) => ctx.getWebSockets().length)).toBe(1);
});

test("every socket is told of each batch, also after an eviction", async () => {
  const started = await startedTest();
  const clients = [await Client.open(started.object), await Client.open(started.object, "/other")];

  await batchesAt(started, 0.1);
  await evictDurableObject(started.object);
  await batchesAt(started, 2.5);
  const told = await Promise.all(clients.map(async (client) => [await client.next(), await client.next()]));

  const messages = [
    { type: "progress", elapsed: 0.1, completedOps: 10, failedOps: 0, progress: 1 },
    { type: "progress", elapsed: 2.5, completedOps: 20, failedOps: 0, progress: 25 },
  ];
  expect(told).toEqual([messages, messages]);
});

test("keys are in the order in which they are written down", async () => {
  const started = await startedTest();
  const client = await Client.open(started.object);

  await batchesAt(started, 0.1, 10);
  const [progress, completed] = [(await client.next()) as object, (await client.next()) as { results: object }];

  expect(Object.keys(progress)).toEqual(["type", "elapsed", "completedOps", "failedOps", "progress"]);
  expect(Object.keys(completed)).toEqual(["type", "results"]);
  expect(Object.keys(completed.results)).toEqual([
    ...["totalOperations", "successfulOperations", "failedOperations"],
    ...["avgLatencyMs", "p50LatencyMs", "p95LatencyMs", "p99LatencyMs", "maxLatencyMs", "minLatencyMs"],
    ...["throughputOpsPerSec", "errorCount", "errorTypes"],
  ]);
});

test("the end is told with what was found out", async () => {
  const started = await startedTest();
  const client = await Client.open(started.object);

  await batchesAt(started, 10);

  const { results } = await statusOf(started);
  expect(await client.next()).toEqual({ type: "completed", results });
});

test("a cancel is told, and nothing after it", async () => {
  const started = await startedTest();
  const client = await Client.open(started.object);

  await ask(started.object, "POST /cancel");
  await batchesAt(started, 1.1, 10);
  client.close(1000);

  expect(await client.next()).toEqual({ type: "cancelled" });
  expect(await client.next()).toEqual({ closed: 1000, reason: "" });
});

test("a failure is told", async () => {
  const started = await startedTest();
  const client = await Client.open(started.object);
  at(70);

  await runInDurableObject(started.object, (object: SentinelDO) => object.giveUp());

  expect(await client.next()).toEqual({ type: "failed", error: "The test did not end in time." });
});

test.for<[string, string | ArrayBuffer, string]>([
  ["text", "hello", "hello"],
  ["a long text", "x".repeat(1_000), "x".repeat(200)],
  ["JSON", '{"type":"cancel"}', '{"type":"cancel"}'],
  ["bytes", new ArrayBuffer(3), "3 bytes"],
])("%s from a client is logged, and that is all", async ([, message, heard]) => {
  const { lines } = capture();
  const started = await startedTest();
  const client = await Client.open(started.object);

  client.send(message);
  client.close(1000);
  const answer = await client.next();

  expect(answer).toEqual({ closed: 1000, reason: "" });
  expect(lines).toMatchObject([{ level: "debug", message: "A client said something.", heard }]);
  expect(await statusOf(started)).toMatchObject({ status: "running" });
});

test("a socket may come before the test, and sees it from its start", async () => {
  const { object, runId, tenantId } = await newTest();
  const client = await Client.open(object);
  await evictDurableObject(object);
  const systems = { targetSystems: ["kv_get"], concurrency: 1 };
  const profile = { type: "sustained", targetOperations: 1, durationSeconds: 1, ...systems };

  await ask(object, "POST /start", { runId, tenantId, profile });
  await batchesAt({ object }, 0.1);

  expect(await client.next()).toMatchObject({ type: "progress", completedOps: 1 });
});

test("a plain request to a path that nothing else is at finds nothing", async () => {
  const answer = await ask((await newTest()).object, "GET /unknown");

  expect(answer[0]).toBe(404);
});
