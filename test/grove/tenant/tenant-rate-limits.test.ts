import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Budgeted, budgetOf } from "../../../examples/grove/objects/tenant/tiers.ts";
import { failureOf } from "../../support/failure.ts";
import { grove } from "../support/grove.ts";

const now = Date.UTC(2030, 0);
const seconds = now / 1_000;

beforeEach(() => {
  // Years ahead: no alarm comes by itself.
  vi.useFakeTimers({ toFake: ["Date"], now });
});

afterEach(() => void vi.useRealTimers());

function newTenant() {
  return grove.TENANTS.getByName(`tenant:${crypto.randomUUID()}`);
}

type Tenant = ReturnType<typeof newTenant>;

/** What the object has on disk, and the rows that everything so far has written. */
function stored(tenant: Tenant) {
  return runInDurableObject(tenant, async (_object, { storage }) => ({
    rows: storage.sql.exec("SELECT * FROM rate_limits ORDER BY key").toArray(),
    alarm: await storage.getAlarm(),
  }));
}

test("a check says whether it is allowed, what is left, and when the window ends, in seconds", async () => {
  const tenant = newTenant();

  expect(await tenant.checkRateLimit("requests", 2, 60)).toEqual({
    ...{ allowed: true, remaining: 1, resetAt: seconds + 60 },
  });
  vi.setSystemTime(now + 10_000);
  expect(await tenant.checkRateLimit("requests", 2, 60)).toEqual({
    ...{ allowed: true, remaining: 0, resetAt: seconds + 60 },
  });
  expect(await tenant.checkRateLimit("requests", 2, 60)).toEqual({
    ...{ allowed: false, remaining: 0, resetAt: seconds + 60 },
  });
});

test("a window begins with its first hit and is whole again when it ends, not a moment before", async () => {
  const tenant = newTenant();
  await tenant.checkRateLimit("requests", 1, 60);

  vi.setSystemTime(now + 59_999);
  expect(await tenant.checkRateLimit("requests", 1, 60)).toMatchObject({ allowed: false });
  vi.setSystemTime(now + 60_000);
  expect(await tenant.checkRateLimit("requests", 1, 60)).toMatchObject({ allowed: true, resetAt: seconds + 120 });
});

test("the end of a window is never told too early", async () => {
  vi.setSystemTime(now + 1);

  expect(await newTenant().checkRateLimit("requests", 1, 60)).toMatchObject({ resetAt: seconds + 61 });
});

test("keys are counted apart, also after an eviction", async () => {
  const tenant = newTenant();
  await tenant.checkRateLimit("requests", 1, 60);
  await evictDurableObject(tenant);

  expect(await tenant.checkRateLimit("requests", 1, 60)).toMatchObject({ allowed: false });
  expect(await tenant.checkRateLimit("writes", 1, 60)).toMatchObject({ allowed: true });
});

test("a limit of nothing allows nothing and stores nothing", async () => {
  const tenant = newTenant();

  expect(await tenant.checkRateLimit("ai", 0, 60)).toEqual({ allowed: false, remaining: 0, resetAt: seconds + 60 });
  expect(await stored(tenant)).toEqual({ rows: [], alarm: null });
});

test("an allowed check writes one row, a denied one none", async () => {
  const tenant = newTenant();
  await tenant.checkRateLimit("requests", 3, 60);

  const written = await runInDurableObject(tenant, (object, { storage }) => {
    const counts: number[] = [];
    const exec = storage.sql.exec.bind(storage.sql);
    vi.spyOn(storage.sql, "exec").mockImplementation((...args: Parameters<typeof exec>) => {
      const cursor = exec(...args);
      const rows = cursor.toArray();
      counts.push(cursor.rowsWritten);
      return { toArray: () => rows, rowsWritten: cursor.rowsWritten, rowsRead: cursor.rowsRead } as typeof cursor;
    });
    object.checkRateLimit("requests", 3, 60);
    object.checkRateLimit("requests", 3, 60);
    object.checkRateLimit("requests", 3, 60);
    return counts;
  });

  expect(written).toEqual([0, 1, 0, 1, 0]);
  expect((await stored(tenant)).rows).toEqual([
    { key: "requests", count: 3, window_start: now, resets_at: now + 60_000 },
  ]);
});

test("what is over is swept once an hour, and an object with no limit left rests", async () => {
  const tenant = newTenant();
  await tenant.checkRateLimit("requests", 1, 60);
  await tenant.checkRateLimit("uploads", 1, 5_400);
  expect((await stored(tenant)).alarm).toBe(now + 3_600_000);

  vi.setSystemTime(now + 3_600_000);
  await runDurableObjectAlarm(tenant);
  const after = await stored(tenant);
  vi.setSystemTime(now + 7_200_000);
  await runDurableObjectAlarm(tenant);

  expect(after.rows.map(({ key }) => key)).toEqual(["uploads"]);
  expect(after.alarm).toBe(now + 7_200_000);
  expect(await stored(tenant)).toEqual({ rows: [], alarm: null });
});

test.for<{ args: readonly unknown[] }>([
  { args: ["", 1, 60] },
  { args: ["k".repeat(513), 1, 60] },
  { args: [7, 1, 60] },
  { args: ["requests", -1, 60] },
  { args: ["requests", 1.5, 60] },
  { args: ["requests", NaN, 60] },
  { args: ["requests", 1, 0] },
  { args: ["requests", 1, 31_536_001] },
  { args: ["requests", 1] },
  { args: ["requests", 1, 60, "more"] },
])("a check that makes no sense is refused and stores nothing", async ({ args }) => {
  const tenant = newTenant();
  const untyped = tenant as unknown as { checkRateLimit(...given: readonly unknown[]): Promise<unknown> };

  const failure = await failureOf(untyped.checkRateLimit(...args));

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect((await stored(tenant)).rows).toEqual([]);
});

test("the longest key and window are taken", async () => {
  expect(await newTenant().checkRateLimit("k".repeat(512), 1, 31_536_000)).toMatchObject({ allowed: true });
});

test.for([
  ["wanderer", 60, 20, 5, 0],
  ["seedling", 100, 50, 10, 25],
  ["sapling", 500, 200, 50, 100],
  ["oak", 1_000, 500, 200, 500],
  ["evergreen", 5_000, 2_000, 1_000, 2_500],
  ["unheard-of", 100, 50, 10, 25],
  ["constructor", 100, 50, 10, 25],
] as const)("the budgets of %s", ([tier, requests, writes, uploads, ai]) => {
  const budgets = (["requests", "writes", "uploads", "ai"] satisfies Budgeted[]).map((what) => budgetOf(tier, what));

  expect(budgets).toEqual([
    { limit: requests, windowSeconds: 60 },
    { limit: writes, windowSeconds: 3_600 },
    { limit: uploads, windowSeconds: 86_400 },
    { limit: ai, windowSeconds: 86_400 },
  ]);
});
