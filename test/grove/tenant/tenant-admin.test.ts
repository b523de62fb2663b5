import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { failureOf } from "../../support/failure.ts";
import { ask, data, grove, json, notJson, says } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { changeInD1, newTenant, withoutD1 } from "./tenants.ts";

const success = json({ success: true });
const untouched = { font: "default", theme: null, customSections: [], editorPreferences: {} };
const recipes = { id: "recipes", label: "Recipes", icon: "chef-hat", href: "/admin/recipes" };
const full = { ...recipes, enabled: true, tier: "sapling", sortOrder: 8 };

beforeAll(prepareDatabase);
afterEach(() => void vi.restoreAllMocks());

/** What D1 has of a site's admin config. */
function copyOf(subdomain: string) {
  const query = "SELECT config, updated_at, typeof(updated_at) AS time FROM tenant_admin_config WHERE tenant_id = ?";
  return grove.DB.prepare(query).bind(`id-${subdomain}`).first<{ config: string; updated_at: number; time: string }>();
}

async function sectionsInD1(subdomain: string) {
  const query = "SELECT id FROM admin_sections WHERE tenant_id = ? ORDER BY id";
  return (await grove.DB.prepare(query).bind(`id-${subdomain}`).all<{ id: string }>()).results.map(({ id }) => id);
}

test("a new site has the admin config that every site begins with", async () => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "GET /api/admin/config")).toEqual(json(untouched));
});

test("PUT /api/admin/config changes what it names, is in D1 at once, and survives an eviction", async () => {
  const { tenant, subdomain } = await newTenant();
  const seconds = Math.floor(Date.now() / 1_000);
  const [theme, editorPreferences] = [{ accent: "rust" }, { zenMode: true }];

  expect(await ask(tenant, "PUT /api/admin/config", { font: "lexend", theme })).toEqual(success);
  expect(await ask(tenant, "PUT /api/admin/config", { editorPreferences })).toEqual(success);
  await evictDurableObject(tenant);

  const config = { font: "lexend", theme, customSections: [], editorPreferences };
  expect(await ask(tenant, "GET /api/admin/config")).toEqual(json(config));
  const copy = (await copyOf(subdomain))!;
  expect(JSON.parse(copy.config)).toEqual({ font: "lexend", theme, editorPreferences });
  expect(copy.time).toBe("integer");
  expect(copy.updated_at - seconds).toBeLessThan(60);
});

test("changes that come together are carried out one after the other", async () => {
  const { tenant } = await newTenant();
  const changes = [{ font: "lexend" }, { theme: { accent: "rust" } }, { editorPreferences: { zenMode: true } }];

  await Promise.all(changes.map((change) => ask(tenant, "PUT /api/admin/config", change)));

  expect(data(await ask(tenant, "GET /api/admin/config"))).toMatchObject(Object.assign({}, ...changes));
});

test("a change of nothing succeeds and writes nothing", async () => {
  const { tenant, subdomain } = await newTenant();

  expect(await ask(tenant, "PUT /api/admin/config", {})).toEqual(success);

  expect(await copyOf(subdomain)).toBeNull();
});

test("customSections are put in place of what the site had made", async () => {
  const { tenant, subdomain } = await newTenant();
  await ask(tenant, "POST /api/admin/sections", { ...recipes, id: "old" });

  expect(await ask(tenant, "PUT /api/admin/config", { customSections: [recipes] })).toEqual(success);

  expect(data(await ask(tenant, "GET /api/admin/config"))).toMatchObject({ customSections: [{ id: "recipes" }] });
  expect(await sectionsInD1(subdomain)).toEqual(["recipes"]);
});

test("the config with all that it holds can be sent back as it came", async () => {
  const { tenant } = await newTenant();
  await ask(tenant, "POST /api/admin/sections", recipes);
  const [, , config] = await ask(tenant, "GET /api/admin/config");

  expect(await ask(tenant, "PUT /api/admin/config", config)).toEqual(success);

  expect((await ask(tenant, "GET /api/admin/config"))[2]).toBe(config);
  expect(JSON.parse(config)).toEqual({ ...untouched, customSections: [full] });
});

test("what a larger plan allowed can be sent back under a smaller one", async () => {
  const { tenant, subdomain } = await newTenant({ plan: "oak" });
  await ask(tenant, "POST /api/admin/sections", { ...recipes, icon: "rocket" });
  const [, , config] = await ask(tenant, "GET /api/admin/config");
  await changeInD1(subdomain, "plan", "sapling");
  await evictDurableObject(tenant);

  expect(await ask(tenant, "PUT /api/admin/config", config)).toEqual(success);
});

test.for<readonly [answer: string, status: number, sections: readonly object[]]>([
  ["Section already exists", 409, [recipes, recipes]],
  ["Section already exists", 409, [{ ...recipes, id: "posts" }]],
  ["Section quota reached", 403, ["a", "b", "c"].map((id) => ({ ...recipes, id }))],
  ["Invalid field: icon", 400, [{ ...recipes, icon: "rocket" }]],
])("customSections against the rules change nothing: %s", async ([answer, status, customSections]) => {
  const { tenant } = await newTenant({ plan: "sapling" });

  expect(await ask(tenant, "PUT /api/admin/config", { font: "new", customSections })).toEqual(says(status, answer));

  expect(await ask(tenant, "GET /api/admin/config")).toEqual(json(untouched));
});

test.for<readonly [field: string, body: object]>([
  ["font", { font: "" }],
  ["font", { font: "f".repeat(101) }],
  ["font", { font: 5 }],
  ["theme", { theme: "dark" }],
  ["theme", { theme: ["dark"] }],
  ["theme", { theme: { css: "x".repeat(65_536) } }],
  ["editorPreferences", { editorPreferences: null }],
  ["editorPreferences", { editorPreferences: { macro: "x".repeat(65_536) } }],
  ["customSections", { customSections: {} }],
  ["customSections", { customSections: [{ ...recipes, href: "javascript:alert(1)" }] }],
  ["junk", { font: "lexend", junk: 1 }],
])("a %s that will not do is refused and nothing is stored", async ([field, body]) => {
  const { tenant, subdomain } = await newTenant();

  expect(await ask(tenant, "PUT /api/admin/config", body)).toEqual(says(400, `Invalid field: ${field}`));

  expect(await ask(tenant, "GET /api/admin/config")).toEqual(json(untouched));
  expect(await copyOf(subdomain)).toBeNull();
});

test("the longest font is taken", async () => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "PUT /api/admin/config", { font: "f".repeat(100) })).toEqual(success);
});

test.for(["{ not JSON", "null", "[]"])("a body that is no JSON object is refused: %s", async (body) => {
  expect(await ask((await newTenant()).tenant, "PUT /api/admin/config", body)).toEqual(notJson);
});

test("when D1 does not take a change the object does not either", async () => {
  const { tenant } = await newTenant();
  capture();
  await ask(tenant, "GET /config");
  const unavailable = says(503, "Admin panel unavailable");

  expect(await withoutD1(() => ask(tenant, "PUT /api/admin/config", { font: "lexend" }))).toEqual(unavailable);
  expect(await withoutD1(() => ask(tenant, "POST /api/admin/sections", recipes))).toEqual(unavailable);

  expect(await withoutD1(() => ask(tenant, "GET /api/admin/config"))).toEqual(json(untouched));
});

test("a site that D1 does not know has no panel to change", async () => {
  const tenant = grove.TENANTS.getByName(`tenant:${crypto.randomUUID()}`);

  expect(await ask(tenant, "PUT /api/admin/config", { font: "lexend" })).toEqual(says(404, "Tenant not found"));
  expect(await ask(tenant, "POST /api/admin/sections", recipes)).toEqual(says(404, "Tenant not found"));
});

test("over RPC the same is an error with its status", async () => {
  const { tenant } = await newTenant({ plan: "seedling" }, "TENANTS");

  await tenant.updateAdminConfig({ font: "lexend" });

  expect(await tenant.getAdminConfig()).toEqual({ ...untouched, font: "lexend" });
  expect(await failureOf(tenant.updateAdminConfig({ customSections: [full as never] }))).toMatchObject({
    ...{ name: "LoomError", code: "GROVE-TENANT", status: 403, message: "GROVE-TENANT: Section quota reached" },
  });
  expect(await failureOf(tenant.updateAdminConfig({ junk: 1 } as never))).toMatchObject({ code: "GROVE-LOOM-024" });
});
