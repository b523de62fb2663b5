import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { TenantConfig } from "../../../examples/grove/types.ts";
import { capture } from "../../support/log.ts";
import { ask, data, grove, json, notJson, says } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { changeInD1, newTenant, rowOf, withoutD1 } from "./tenants.ts";

const GiB = 1024 ** 3;
const notFound = says(404, "Tenant not found");
const unavailable = says(503, "Tenant config unavailable");
const success = json({ success: true });

beforeAll(prepareDatabase);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function passMinutes(minutes: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * 60_000 });
}

async function configOf(tenant: DurableObjectStub): Promise<TenantConfig> {
  return data(await ask(tenant, "GET /config"));
}

test("GET /config answers with the tenant as D1 has it", async () => {
  const { tenant, subdomain } = await newTenant();

  expect(await ask(tenant, "GET /config")).toEqual(
    json({
      ...{ id: `id-${subdomain}`, subdomain, displayName: "Willow", theme: { accent: "teal" }, tier: "oak" },
      ...{ limits: { postsPerMonth: -1, storageBytes: 20 * GiB, customDomains: 3 }, ownerId: "w@example.com" },
    }),
  );
});

test.for([
  ["wanderer", 25, 100 * 1024 ** 2, 0],
  ["seedling", 100, GiB, 0],
  ["sapling", -1, 5 * GiB, 0],
  ["oak", -1, 20 * GiB, 3],
  ["evergreen", -1, 100 * GiB, 10],
  ["unheard-of", 100, GiB, 0],
  ["constructor", 100, GiB, 0],
] as const)("the limits of %s", async ([plan, postsPerMonth, storageBytes, customDomains]) => {
  const { tenant } = await newTenant({ plan });

  const { tier, limits } = await configOf(tenant);
  expect(tier).toBe(plan);
  expect(limits).toEqual({ postsPerMonth, storageBytes, customDomains });
});

test.for([null, ""])("a tenant without a plan is a seedling: %j", async (plan) => {
  expect(await configOf((await newTenant({ plan })).tenant)).toMatchObject({ tier: "seedling" });
});

test.for([null, "default", '"default"', "[1]", "5", "null", ""])(
  "a theme that is no object is null: %j",
  async (theme) => {
    expect(await configOf((await newTenant({ theme })).tenant)).toMatchObject({ theme: null });
  },
);

test("a tenant without a name is called by its subdomain", async () => {
  const { tenant, subdomain } = await newTenant({ display_name: null });

  expect(await configOf(tenant)).toMatchObject({ displayName: subdomain });
});

test("an unknown tenant, an inactive one, and an object without a subdomain are not found", async () => {
  const inactive = await newTenant({ active: 0 });
  const unnamed = grove.TENANTS.get(grove.TENANTS.newUniqueId());

  expect(await ask(grove.TENANTS.getByName("tenant:nobody"), "GET /config")).toEqual(notFound);
  expect(await ask(inactive.tenant, "GET /config")).toEqual(notFound);
  expect(await ask(grove.TENANTS.getByName("__health_check__"), "GET /config")).toEqual(notFound);
  expect(await ask(grove.TENANTS.getByName("tenant:"), "GET /config")).toEqual(notFound);
  expect(await ask(unnamed, "GET /config")).toEqual(notFound);
  expect(await ask(unnamed, "PUT /config", {})).toEqual(notFound);
});

test("the object's own name says whose config it is, not the header, not the first one either", async () => {
  const { tenant, subdomain } = await newTenant();
  const other = await newTenant();
  const headers = { "X-Tenant-Subdomain": other.subdomain };

  const response = await tenant.fetch("https://grove/config", { headers });

  expect(await response.json()).toMatchObject({ subdomain });
  expect(await configOf(tenant)).toMatchObject({ subdomain });
});

test("the config is kept for five minutes, and then asked for again", async () => {
  const { tenant, subdomain } = await newTenant({ plan: "oak" });
  await configOf(tenant);
  await changeInD1(subdomain, "plan", "evergreen");

  passMinutes(4);
  const kept = await configOf(tenant);
  passMinutes(2);
  const fresh = await configOf(tenant);

  expect([kept.tier, fresh.tier]).toEqual(["oak", "evergreen"]);
});

test("a tenant that was closed is gone five minutes later, and has no last good copy", async () => {
  const { tenant, subdomain } = await newTenant();
  await configOf(tenant);
  await changeInD1(subdomain, "active", 0);

  passMinutes(6);

  expect(await ask(tenant, "GET /config")).toEqual(notFound);
  expect(await withoutD1(() => ask(tenant, "GET /config"))).toEqual(unavailable);
});

test("a tenant that has just been made is there at once", async () => {
  const { tenant, subdomain } = await newTenant({ active: 0 });
  await ask(tenant, "GET /config");

  await changeInD1(subdomain, "active", 1);

  expect(await configOf(tenant)).toMatchObject({ subdomain });
});

test("while D1 fails the last good config is served, however old, also after an eviction", async () => {
  const { tenant } = await newTenant();
  const good = await ask(tenant, "GET /config");

  passMinutes(60 * 24 * 365);
  const stale = await withoutD1(() => ask(tenant, "GET /config"));
  await evictDurableObject(tenant);
  const staler = await withoutD1(() => ask(tenant, "GET /config"));

  expect([stale, staler]).toEqual([good, good]);
});

test("once D1 answers again, so does the object: a last good config is not kept for five minutes", async () => {
  const { tenant, subdomain } = await newTenant({ plan: "oak" });
  await configOf(tenant);
  await evictDurableObject(tenant);
  await withoutD1(() => configOf(tenant));

  await changeInD1(subdomain, "plan", "sapling");

  expect(await configOf(tenant)).toMatchObject({ tier: "sapling" });
});

test("while D1 fails and nothing is known the answer is 503", async () => {
  const { tenant } = await newTenant();

  expect(await withoutD1(() => ask(tenant, "GET /config"))).toEqual(unavailable);
});

test("without the binding DB the config is unavailable and drafts keep working", async () => {
  const { tenant } = await newTenant({}, "TenantWithoutDatabase");
  const draft = { content: "text", metadata: { title: "Draft" }, deviceId: "phone" };

  expect(await ask(tenant, "GET /config")).toEqual(unavailable);
  expect(await ask(tenant, "PUT /config", { displayName: "New" })).toEqual(unavailable);
  expect((await ask(tenant, "PUT /drafts/a", draft))[0]).toBe(200);
  expect((await ask(tenant, "GET /drafts/a"))[0]).toBe(200);
});

test("a last good config that the old object kept for another site is not served", async () => {
  const { tenant } = await newTenant();
  await runInDurableObject(tenant, (_object, { storage }) => {
    storage.sql.exec("CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)");
    storage.sql.exec(`INSERT INTO config VALUES ('tenant_config', '{"subdomain":"bob"}', 1)`);
  });

  expect(await withoutD1(() => ask(tenant, "GET /config"))).toEqual(unavailable);
});

test("the last good config is kept in the page's row", async () => {
  const { tenant } = await newTenant();
  const config = await configOf(tenant);

  const rows = await runInDurableObject(tenant, (_object, { storage }) =>
    storage.sql.exec("SELECT key, value, typeof(updated_at) AS time FROM config").toArray(),
  );

  expect(rows).toEqual([{ key: "tenant_config", value: JSON.stringify(config), time: "integer" }]);
});

test("PUT /config changes name and theme in D1, in seconds, and is seen at once", async () => {
  const { tenant, subdomain } = await newTenant();
  await configOf(tenant);
  const change = { displayName: "New", theme: { accent: "rust" } };
  const seconds = Math.floor(Date.now() / 1_000);

  expect(await ask(tenant, "PUT /config", change)).toEqual(success);

  expect(await configOf(tenant)).toMatchObject(change);
  const row = await rowOf(subdomain);
  expect(row).toMatchObject({ display_name: "New", theme: '{"accent":"rust"}', plan: "oak", time: "integer" });
  expect(row.updated_at).toBeGreaterThanOrEqual(seconds);
  expect(row.updated_at).toBeLessThan(seconds + 60);
});

test("PUT /config leaves alone what it does not name", async () => {
  const { tenant } = await newTenant();

  await ask(tenant, "PUT /config", { displayName: "New" });
  expect(await configOf(tenant)).toMatchObject({ displayName: "New", theme: { accent: "teal" } });

  await ask(tenant, "PUT /config", { theme: null });
  expect(await configOf(tenant)).toMatchObject({ displayName: "New", theme: null });

  expect(await ask(tenant, "PUT /config", {})).toEqual(success);
  expect(await configOf(tenant)).toMatchObject({ displayName: "New", theme: null });
});

test.for(["n", "n".repeat(200)])("a name of one character is taken, and one of 200", async (displayName) => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "PUT /config", { displayName })).toEqual(success);
});

test("what D1 says again is not written again", async () => {
  const { tenant } = await newTenant();
  await configOf(tenant);
  const written = () =>
    runInDurableObject(tenant, (_object, { storage }) => storage.sql.exec("SELECT updated_at FROM config").toArray());
  const before = await written();

  passMinutes(6);
  await configOf(tenant);

  expect(await written()).toEqual(before);
});

test("a last good config that nobody can read gives way to D1's answer", async () => {
  const { tenant } = await newTenant();
  await configOf(tenant);
  await runInDurableObject(tenant, (_object, { storage }) =>
    storage.sql.exec("UPDATE config SET value = '{'").toArray(),
  );
  const { lines } = capture();
  await evictDurableObject(tenant);

  expect(await configOf(tenant)).toMatchObject({ tier: "oak" });
  expect(JSON.stringify(lines)).toContain("GROVE-LOOM-042");
});

test("PUT /config of an unknown or inactive tenant is refused", async () => {
  const { tenant } = await newTenant({ active: 0 });

  expect(await ask(tenant, "PUT /config", { displayName: "New" })).toEqual(notFound);
  expect(await ask(grove.TENANTS.getByName("tenant:nobody"), "PUT /config", { theme: null })).toEqual(notFound);
});

test.for([
  ["tier", { tier: "evergreen", ownerId: "evil", junk: 1 }],
  ["id", { id: "other" }],
  ["subdomain", { displayName: "New", subdomain: "bob" }],
  ["limits", { limits: {} }],
  ["displayName", { displayName: "" }],
  ["displayName", { displayName: "n".repeat(201) }],
  ["displayName", { displayName: null }],
  ["displayName", { displayName: 5 }],
  ["theme", { theme: "default" }],
  ["theme", { theme: ["teal"] }],
  ["theme", { theme: 5 }],
] as const)("PUT /config with a %s that is not the caller's to set changes nothing", async ([field, body]) => {
  const { tenant, subdomain } = await newTenant();
  const [config, row] = [await configOf(tenant), await rowOf(subdomain)];

  expect(await ask(tenant, "PUT /config", body)).toEqual(says(400, `Invalid field: ${field}`));
  expect(await configOf(tenant)).toEqual(config);
  expect(await rowOf(subdomain)).toEqual(row);
});

test.for(["{ not JSON", "", "null", "[]", "5"])(
  "PUT /config with what is no JSON object is refused: %s",
  async (body) => {
    expect(await ask((await newTenant()).tenant, "PUT /config", body)).toEqual(notJson);
  },
);

test("when D1 does not take a change the object does not either", async () => {
  const { tenant } = await newTenant();
  const before = await ask(tenant, "GET /config");

  expect(await withoutD1(() => ask(tenant, "PUT /config", { displayName: "New" }))).toEqual(unavailable);

  expect(await ask(tenant, "GET /config")).toEqual(before);
  expect(await withoutD1(() => ask(tenant, "GET /config"))).toEqual(before);
});
