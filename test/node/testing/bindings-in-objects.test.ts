import { readFileSync } from "node:fs";
import { createMockD1, createMockDOEnv, createMockKV, createMockR2, wake } from "loom-do/testing";
import { afterEach, expect, test, vi } from "vitest";
import { TenantDO } from "../../../examples/grove/objects/tenant.ts";
import { Bell } from "./fixtures.ts";

const migrations = "examples/grove/migrations";
const start = Date.UTC(2030, 0, 1);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("an object works with a database that is there, and with one that is down", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let isDown = false;
  const down = () => {
    if (isDown) throw new Error("D1_ERROR: the database is down");
  };
  const env = { DB: createMockD1({ migrations, before: down }) };
  await env.DB.prepare(readFileSync("examples/grove/seed.sql", "utf8")).run();
  const tenant = wake(TenantDO, { env, name: "tenant:willow" });

  const before = await tenant.fetch("/config");
  isDown = true;
  await tenant.evict();
  const after = await tenant.fetch("/config");

  expect(before.status).toBe(200);
  expect(after.status).toBe(200);
  expect(await after.json()).toEqual(await before.json());
});

test("values end when the time of the env has moved past them", async () => {
  const env = createMockDOEnv({ BELLS: Bell, CACHE: createMockKV() }, { now: start });
  const bell = wake(Bell, { env });

  await env.CACHE.put("a", "1", { expirationTtl: 60 });
  await bell.advance("59s");
  const before = await env.CACHE.get("a");
  await bell.advance("1s");

  expect(before).toBe("1");
  expect(await env.CACHE.get("a")).toBeNull();
  expect((await env.CACHE.list()).keys).toEqual([]);
});

test("an env that is written by hand goes by the time of its object", async () => {
  const env = { CACHE: createMockKV(), IMAGES: createMockR2() };
  wake(Bell, { env, now: start });

  await env.CACHE.put("a", "1", { expiration: start / 1000 + 60 });
  const { uploaded } = (await env.IMAGES.put("a", "1"))!;

  expect(await env.CACHE.get("a")).toBe("1");
  expect(uploaded.getTime()).toBe(start);
});

test("a binding without an object goes by the time of the test", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  const kv = createMockKV();

  await kv.put("a", "1", { expirationTtl: 60 });
  vi.setSystemTime(start + 60_000);

  expect(await kv.get("a")).toBeNull();
});

test("`before` is told of every operation", async () => {
  const seen: string[] = [];
  const before = (operation: string, subject: string) => void seen.push(`${operation} ${subject}`);
  const [db, bucket, kv] = [createMockD1({ before }), createMockR2({ before }), createMockKV({ before })];

  await db.batch([db.prepare("SELECT 1"), db.prepare("SELECT 2")]);
  await db.prepare("SELECT 3").first();
  await db.exec("SELECT 4");
  await bucket.put("a", "");
  await bucket.delete(["a", "b"]);
  await kv.getWithMetadata("c");
  await kv.list({ prefix: "d" });

  expect(seen).toEqual([
    ...["batch SELECT 1\nSELECT 2", "first SELECT 3", "exec SELECT 4"],
    ...["put a", "delete a", "delete b", "getWithMetadata c", "list d"],
  ]);
});

test("nothing is written when `before` throws", async () => {
  const before = (operation: string) => {
    if (operation === "put") throw new Error("full");
  };
  const [bucket, kv] = [createMockR2({ before }), createMockKV({ before })];

  await expect(bucket.put("a", "1")).rejects.toThrow("full");
  await expect(kv.put("a", "1")).rejects.toThrow("full");

  expect([await bucket.head("a"), await kv.get("a")]).toEqual([null, null]);
});

test("an object of a bucket has the storage class of production", async () => {
  const bucket = createMockR2();

  const classes = [await bucket.put("a", ""), await bucket.put("b", "", { storageClass: "InfrequentAccess" })];

  expect(classes.map((each) => each?.storageClass)).toEqual(["Standard", "InfrequentAccess"]);
});

test("what was put cannot be changed from outside", async () => {
  const [bucket, bytes] = [createMockR2(), new Uint8Array([1, 2])];
  const metadata = { a: "1" };

  const put = await bucket.put("a", bytes, { customMetadata: metadata });
  bytes[0] = 9;
  metadata.a = "2";
  put.customMetadata!["a"] = "3";

  const found = (await bucket.get("a"))!;
  expect([...(await found.bytes())]).toEqual([1, 2]);
  expect(found.customMetadata).toEqual({ a: "1" });
});

test("other events run before a binding has answered", async () => {
  const order: string[] = [];
  const answered = createMockKV()
    .get("a")
    .then(() => order.push("answer"));

  await new Promise<void>((resolve) => process.nextTick(resolve));
  order.push("event");
  await answered;

  expect(order).toEqual(["event", "answer"]);
});
