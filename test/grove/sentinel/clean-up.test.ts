import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { removeAll } from "../../../examples/grove/objects/sentinel/clean-up.ts";
import type { LoadProfile } from "../../../examples/grove/types.ts";
import { holdUploads, mendStores, stores } from "../../fixtures/grove/sentinel.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove } from "../support/grove.ts";
import { alarmOf, at, batchesAt, endedTest, leftBy, runOf, startedTest, statusOf, steady } from "./runs.ts";

beforeAll(prepareDatabase);
afterEach(() => {
  mendStores();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const { SUITE_D1 } = env as unknown as { SUITE_D1: D1Database }; // bound by vitest.config.ts

type Systems = LoadProfile["targetSystems"];

const writing: Systems = ["d1_writes", "kv_put", "r2_upload", "auth_flows", "post_crud", "media_ops"];
const busy = { targetSystems: writing, targetOperations: 2_000, concurrency: 200 };

test("a completed test leaves nothing", async () => {
  const started = await startedTest(busy);
  await batchesAt(started, 0.1, 1.1);
  const before = await leftBy(started);

  await batchesAt(started, 10);

  expect(before.length).toBeGreaterThan(100);
  expect(await leftBy(started)).toEqual([]);
});

test("what a test makes is bounded by its concurrency, however long it takes", async () => {
  const started = await startedTest({ targetSystems: ["kv_put"], concurrency: 5 });

  await batchesAt(started, 0.1, 1.1, 2.1, 3.1);

  expect(await statusOf(started)).toMatchObject({ completedOps: 20 });
  expect(await leftBy(started)).toHaveLength(5);
});

test("a cancelled test leaves nothing, also of the batch that was under way", async () => {
  const started = await startedTest({ ...busy, targetSystems: ["r2_upload"] }, "SentinelOnFailingStores");
  at(0.1);
  const uploads = holdUploads();

  const batch = runDurableObjectAlarm(started.object);
  await uploads.begun(200);
  await ask(started.object, "POST /cancel");
  uploads.release();
  await batch;

  expect(await statusOf(started)).toMatchObject({ status: "cancelled" });
  expect(await leftBy(started)).toEqual([]);
  expect(await alarmOf(started)).toBeNull();
});

test("a clean-up that fails is tried again, also after an eviction; what can be removed is", async () => {
  const started = await startedTest({ ...busy, targetSystems: ["kv_put", "r2_upload"] }, "SentinelOnFailingStores");
  await batchesAt(started, 0.1);
  capture();
  stores.areDeletesFailing = true;
  await batchesAt(started, 10);
  const [left, status, row] = [await leftBy(started), await statusOf(started), await runOf(started)];
  await evictDurableObject(started.object);
  stores.areDeletesFailing = false;

  await batchesAt(started, 20);

  expect(left.length).toBeGreaterThan(0);
  expect((await grove.KV.list({ prefix: `sentinel_test_${started.object.id}` })).keys).toEqual([]);
  expect(status).toMatchObject({ status: "completed" });
  expect(row).toMatchObject({ status: "completed" });
  expect(await leftBy(started)).toEqual([]);
  expect(await alarmOf(started)).toBeNull();
});

test("rows that cannot be deleted are tried again", async () => {
  const started = await startedTest({ ...busy, targetSystems: ["d1_writes"] }, "SentinelOnFailingStores");
  await batchesAt(started, 0.1, 1.1);
  capture();
  stores.broken = /DELETE FROM sentinel_test_data/;
  await batchesAt(started, 10);
  const left = await leftBy(started);
  stores.broken = undefined;

  await batchesAt(started, 20);

  expect(left.length).toBeGreaterThan(0);
  expect(await leftBy(started)).toEqual([]);
});

test("a database in which no test has written has nothing to be removed", async () => {
  await SUITE_D1.exec("DROP TABLE IF EXISTS sentinel_test_data");
  await SUITE_D1.exec("DROP TABLE IF EXISTS sentinel_test_posts");

  expect(await removeAll({ DB: SUITE_D1 }, "id", { ...steady, targetSystems: writing })).toBeUndefined();
});

test("the rows just before and just behind a test's own are not its", async () => {
  const started = await startedTest({ ...busy, targetSystems: ["d1_writes"] });
  await batchesAt(started, 0.1, 1.1);
  const before = [`sentinel_test_${started.object.id}`, `sentinel_test_${started.object.id}a`];
  const insert = grove.DB.prepare("INSERT INTO sentinel_test_data VALUES (?, 'willow', '', 0)");
  await grove.DB.batch(before.map((id) => insert.bind(id)));

  await batchesAt(started, 10);

  expect(await leftBy(started)).toEqual(before);
});

test.for(["completed", "cancelled", "failed"] as const)(
  "a test that is %s removes nothing of another's",
  async (end) => {
    const other = await startedTest({ ...busy, targetSystems: ["d1_writes", "kv_put", "r2_upload"] });
    await batchesAt(other, 0.1);
    const before = await leftBy(other);

    await batchesAt(await endedTest(end), 20);

    expect(await leftBy(other)).toEqual(before);
  },
);
