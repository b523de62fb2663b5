import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { d1 } from "../../fixtures/grove/tenant.ts";
import { capture } from "../../support/log.ts";
import { failureOf } from "../../support/failure.ts";
import { ask, data, grove, json, says } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { changeInD1, newTenant, withoutD1 } from "./tenants.ts";

const now = Date.UTC(2030, 5, 15);
const seconds = now / 1_000;
const [day, hour] = [86_400, 3_600_000];
const draft = { content: "text", metadata: {}, deviceId: "phone" };

beforeAll(prepareDatabase);
// Years ahead: no alarm comes by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const usual = { status: "published", tags: '["oak"]', word_count: 100, published_at: 1, updated_at: 1 };

/** Puts a post of a site into D1. */
async function post(subdomain: string, columns: Partial<Record<keyof typeof usual, unknown>> = {}): Promise<void> {
  const { status, tags, word_count, published_at, updated_at } = { ...usual, ...columns };
  await grove.DB.prepare(
    `INSERT INTO posts (id, tenant_id, slug, status, tags, word_count, published_at, updated_at)
     VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7)`,
  )
    .bind(crypto.randomUUID(), `id-${subdomain}`, status, tags, word_count, published_at, updated_at)
    .run();
}

/** A new site that is ten days old. */
async function newSite() {
  const { tenant, subdomain } = await newTenant();
  await changeInD1(subdomain, "created_at", seconds - 10 * day);
  await changeInD1(subdomain, "storage_used", 2_048);
  return { tenant, subdomain };
}

function alarmOf(tenant: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(tenant, (_object, { storage }) => storage.getAlarm());
}

test("a site without a post has stats of nothing", async () => {
  const { tenant } = await newSite();

  expect(await ask(tenant, "GET /api/admin/stats")).toEqual(
    json({
      ...{ postCount: 0, totalWords: 0, draftCount: 0, publishedThisMonth: 0, topTags: [] },
      ...{ accountAge: 10, storageUsed: 2_048, lastActivity: now - 10 * day * 1_000 },
    }),
  );
});

test("stats count what is published, what is a draft in the object, and this month from its first second in UTC", async () => {
  const { tenant, subdomain } = await newSite();
  const month = Date.UTC(2030, 5) / 1_000;
  await post(subdomain, { published_at: month - 1, updated_at: month });
  await post(subdomain, { published_at: month, word_count: 50, tags: '["ivy","oak"]' });
  await post(subdomain, { status: "draft", word_count: 1_000, updated_at: seconds - 60, tags: '["secret"]' });
  await post((await newSite()).subdomain);

  const { stats } = await runInDurableObject(tenant, async (object) => ({ stats: await object.getDashboardStats() }));

  expect(stats).toEqual({
    ...{ postCount: 2, totalWords: 150, draftCount: 0, publishedThisMonth: 1 },
    topTags: [
      { tag: "oak", count: 2 },
      { tag: "ivy", count: 1 },
    ],
    ...{ accountAge: 10, storageUsed: 2_048, lastActivity: now - 60_000 },
  });
});

test("a site of which D1 does not know how old it is has stats all the same", async () => {
  const { tenant } = await newTenant();

  expect(data(await ask(tenant, "GET /api/admin/stats"))).toMatchObject({ accountAge: 0, lastActivity: 0 });
});

test("the last thing done may be a draft", async () => {
  const { tenant } = await newSite();
  await ask(tenant, "PUT /drafts/a", draft);

  expect(data(await ask(tenant, "GET /api/admin/stats"))).toMatchObject({ draftCount: 1, lastActivity: now });
});

test("the ten tags that are used most are told; what is no list of texts counts for nothing", async () => {
  const { tenant, subdomain } = await newSite();
  const tags = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
  await post(subdomain, { tags: JSON.stringify(tags) });
  await post(subdomain, { tags: '["k"]' });
  await Promise.all([null, "", "{ not JSON", "[1,null]", "5"].map((text) => post(subdomain, { tags: text })));

  const { topTags } = data<{ topTags: unknown[] }>(await ask(tenant, "GET /api/admin/stats"));

  expect(topTags).toHaveLength(10);
  expect(topTags.slice(0, 2)).toEqual([
    { tag: "k", count: 2 },
    { tag: "a", count: 1 },
  ]);
});

test("stats are an hour old at most, over evictions too, and D1 is not asked meanwhile", async () => {
  const { tenant, subdomain } = await newSite();
  await ask(tenant, "GET /api/admin/stats");
  await post(subdomain);
  await evictDurableObject(tenant);
  d1.statements = 0;

  vi.setSystemTime(now + hour - 1);
  expect(data(await ask(tenant, "GET /api/admin/stats"))).toMatchObject({ postCount: 0 });
  expect(d1.statements).toBe(0);
  vi.setSystemTime(now + hour);
  expect(data(await ask(tenant, "GET /api/admin/stats"))).toMatchObject({ postCount: 1 });
});

test("POST /api/admin/stats/refresh answers with fresh ones", async () => {
  const { tenant, subdomain } = await newSite();
  await ask(tenant, "GET /api/admin/stats");
  await post(subdomain);

  const fresh = await ask(tenant, "POST /api/admin/stats/refresh");

  expect(data(fresh)).toMatchObject({ postCount: 1, totalWords: 100 });
  expect(await ask(tenant, "GET /api/admin/stats")).toEqual(fresh);
});

test("refreshes that come together ask D1 once", async () => {
  const { tenant } = await newSite();
  await ask(tenant, "GET /config");
  d1.statements = 0;

  await Promise.all([1, 2, 3].map(() => ask(tenant, "POST /api/admin/stats/refresh")));

  expect(d1.statements).toBe(2); // totals and tags
});

test("an hour after somebody asked they are refreshed, and then not again until somebody asks", async () => {
  const { tenant, subdomain } = await newSite();
  await ask(tenant, "GET /api/admin/stats");
  await post(subdomain);
  expect(await alarmOf(tenant)).toBe(now + hour);

  vi.setSystemTime(now + hour);
  await runDurableObjectAlarm(tenant);

  expect(await alarmOf(tenant)).toBeNull();
  expect(data(await withoutD1(() => ask(tenant, "GET /api/admin/stats")))).toMatchObject({ postCount: 1 });
  expect(await alarmOf(tenant)).toBe(now + 2 * hour);
});

test("a site that nobody asks for stats has no alarm for them", async () => {
  const { tenant } = await newSite();
  await ask(tenant, "PUT /api/admin/config", { font: "lexend" });

  expect(await alarmOf(tenant)).toBeNull();
});

test("while D1 fails the last good stats are served, however old; without any it is 503", async () => {
  const { tenant } = await newSite();
  capture();
  const good = await ask(tenant, "GET /api/admin/stats");
  const other = await newSite();
  vi.setSystemTime(now + 365 * day * 1_000);

  expect(await withoutD1(() => ask(tenant, "GET /api/admin/stats"))).toEqual(good);
  expect(await withoutD1(() => ask(tenant, "POST /api/admin/stats/refresh"))).toEqual(says(503, "Stats unavailable"));
  expect(await withoutD1(() => ask(other.tenant, "GET /api/admin/stats"))).toEqual(says(503, "Stats unavailable"));
});

test("a site that was closed has no stats, old ones neither", async () => {
  const { tenant, subdomain } = await newSite();
  await ask(tenant, "GET /api/admin/stats");
  await changeInD1(subdomain, "active", 0);
  vi.setSystemTime(now + hour);

  expect(await ask(tenant, "GET /api/admin/stats")).toEqual(says(404, "Tenant not found"));
});

test("over RPC the same", async () => {
  const { tenant } = await newSite();

  const stats = await tenant.refreshDashboardStats();

  expect(await tenant.getDashboardStats()).toEqual(stats);
  expect(await failureOf(grove.TENANTS.getByName("tenant:nobody").getDashboardStats())).toMatchObject({
    ...{ code: "GROVE-TENANT", status: 404, message: "GROVE-TENANT: Tenant not found" },
  });
});
