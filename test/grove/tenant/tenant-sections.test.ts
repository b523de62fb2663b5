import { evictDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { AdminSection } from "../../../examples/grove/types.ts";
import { failureOf } from "../../support/failure.ts";
import { ask, data, grove, json, notJson, says } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { changeInD1, newTenant } from "./tenants.ts";

const success = json({ success: true });
const recipes = { id: "recipes", label: "Recipes", icon: "chef-hat", href: "/admin/recipes" };
const always = ["dashboard", "posts", "pages", "images", "settings"];
const hideable = ["analytics", "timeline", "trails"];

beforeAll(prepareDatabase);

async function sectionsOf(tenant: DurableObjectStub): Promise<AdminSection[]> {
  return data(await ask(tenant, "GET /api/admin/sections"));
}

async function orderOf(tenant: DurableObjectStub): Promise<string[]> {
  return (await sectionsOf(tenant)).map(({ id }) => id);
}

/** What D1 has of a site's sections. */
async function copiesOf(subdomain: string) {
  const query = "SELECT * FROM admin_sections WHERE tenant_id = ? ORDER BY sort_order";
  return (await grove.DB.prepare(query).bind(`id-${subdomain}`).all()).results;
}

/** Adds sections to a site that may have as many as it likes. */
async function withSections(...ids: readonly string[]) {
  const { tenant, subdomain } = await newTenant({ plan: "evergreen" }, "TENANTS");
  for (const id of ids) await ask(tenant, "POST /api/admin/sections", { ...recipes, id });
  return { tenant, subdomain };
}

test("every panel has the built-in sections, in their order", async () => {
  const { tenant } = await newTenant();

  expect((await sectionsOf(tenant))[0]).toEqual({
    ...{ id: "dashboard", label: "Dashboard", icon: "layout-dashboard", href: "/admin" },
    ...{ enabled: true, tier: "seedling", sortOrder: 0 },
  });
  expect(await orderOf(tenant)).toEqual([...always, ...hideable]);
});

test("a new section is answered with 201 as it is, comes last, and is in D1 at once", async () => {
  const { tenant, subdomain } = await newTenant();
  const full = { ...recipes, enabled: true, tier: "sapling", sortOrder: 8 };

  expect(await ask(tenant, "POST /api/admin/sections", recipes)).toEqual(json(full, 201));
  await evictDurableObject(tenant);

  expect((await sectionsOf(tenant)).at(-1)).toEqual(full);
  const { sortOrder, ...same } = full;
  expect(await copiesOf(subdomain)).toEqual([
    { ...same, tenant_id: `id-${subdomain}`, enabled: 1, sort_order: sortOrder },
  ]);
});

test("a section that says everything about itself is taken as it is", async () => {
  const { tenant } = await newTenant();
  const section = { ...recipes, enabled: false, tier: "oak", sortOrder: 2 };

  expect(await ask(tenant, "POST /api/admin/sections", section)).toEqual(json(section, 201));

  expect((await orderOf(tenant)).indexOf("recipes")).toBe(3);
});

test.for([
  ["wanderer", 0],
  ["seedling", 0],
  ["sapling", 2],
  ["oak", 10],
  ["unheard-of", 0],
] as const)("a site that is a %s may make %d sections", async ([plan, quota]) => {
  const { tenant } = await newTenant({ plan });
  const made = Array.from({ length: quota }, (_, n) =>
    ask(tenant, "POST /api/admin/sections", { ...recipes, id: `s${n}` }),
  );
  const statuses = (await Promise.all(made)).map(([status]) => status);

  const answer = await ask(tenant, "POST /api/admin/sections", recipes);

  expect(statuses).toEqual(Array.from({ length: quota }, () => 201));
  expect(answer).toEqual(says(403, "Section quota reached"));
  expect(await orderOf(tenant)).not.toContain("recipes");
});

test("a site that is an evergreen may make more than ten", async () => {
  const { tenant } = await withSections("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");

  expect((await ask(tenant, "POST /api/admin/sections", recipes))[0]).toBe(201);
});

test("sections that came together are counted one after the other", async () => {
  const { tenant } = await newTenant({ plan: "sapling" });

  const answers = await Promise.all(
    ["a", "b", "c"].map((id) => ask(tenant, "POST /api/admin/sections", { ...recipes, id })),
  );

  expect(answers.map(([status]) => status).sort()).toEqual([201, 201, 403]);
});

test("a site whose plan got smaller keeps what it made, and may change and remove it", async () => {
  const { tenant, subdomain } = await newTenant({ plan: "oak" });
  await ask(tenant, "POST /api/admin/sections", { ...recipes, icon: "rocket" });
  await changeInD1(subdomain, "plan", "seedling");
  await evictDurableObject(tenant);

  expect(await ask(tenant, "PUT /api/admin/sections/recipes", { label: "Food", icon: "rocket" })).toEqual(success);
  expect((await sectionsOf(tenant)).at(-1)).toMatchObject({ label: "Food", icon: "rocket" });
  expect(await ask(tenant, "DELETE /api/admin/sections/recipes")).toEqual(success);
});

const [ten, lucide, picture, page] = ["star", "rocket", "/uploads/leaf.svg", "https://cdn.example/leaf.svg"];

test.for([
  ["sapling", [ten], [lucide, picture]],
  ["oak", [ten, lucide], [picture, page, "Not A Name"]],
  ["evergreen", [ten, lucide, picture, page], ["javascript:alert(1)", "//evil.example/x.svg", "/\\evil.example"]],
] as const)("icons of a site that is a %s", async ([plan, allowed, refused]) => {
  const { tenant } = await newTenant({ plan });
  await ask(tenant, "POST /api/admin/sections", recipes);
  const use = (icon: string) => ask(tenant, "PUT /api/admin/sections/recipes", { icon });

  const taken = await Promise.all(allowed.map(use));
  const others = await Promise.all([...refused, ""].map(use));

  expect(taken).toEqual(allowed.map(() => success));
  expect(others).toEqual([...refused, ""].map(() => says(400, "Invalid field: icon")));
  expect(await ask(tenant, "POST /api/admin/sections", { ...recipes, id: "x", icon: refused[0] })).toEqual(
    says(400, "Invalid field: icon"),
  );
});

test("a site that is a sapling may use ten icons, and no other", async () => {
  const { tenant } = await newTenant({ plan: "sapling" });
  const ten = ["book-open", "briefcase", "calendar", "camera", "chef-hat"];
  ten.push("heart", "map-pin", "music", "shopping-bag", "star");
  await ask(tenant, "POST /api/admin/sections", recipes);
  const use = (icon: string) => ask(tenant, "PUT /api/admin/sections/recipes", { icon });

  const taken = await Promise.all(ten.map(use));
  const others = await Promise.all(["star-half", "Star", "file-text"].map(use));

  expect(taken).toEqual(Array(10).fill(success));
  expect(others).toEqual(Array(3).fill(says(400, "Invalid field: icon")));
});

test("a change leaves alone what it does not name, and is in D1 at once", async () => {
  const { tenant, subdomain } = await withSections("recipes");
  const change = { label: "Food", href: "https://food.example/", enabled: false, tier: "oak", sortOrder: 20 };

  expect(await ask(tenant, "PUT /api/admin/sections/recipes", { id: "recipes", ...change })).toEqual(success);

  expect((await sectionsOf(tenant)).at(-1)).toEqual({ ...recipes, ...change });
  expect(await copiesOf(subdomain)).toMatchObject([{ label: "Food", enabled: 0, tier: "oak", sort_order: 20 }]);
});

test("a removed section is gone, from D1 too", async () => {
  const { tenant, subdomain } = await withSections("recipes");

  expect(await ask(tenant, "DELETE /api/admin/sections/recipes")).toEqual(success);

  expect(await orderOf(tenant)).toEqual([...always, ...hideable]);
  expect(await copiesOf(subdomain)).toEqual([]);
});

test.for(["PUT", "DELETE"])("%s of a section that is not there is 404", async (method) => {
  const { tenant } = await newTenant();
  const body = method === "PUT" ? { label: "New" } : undefined;

  expect(await ask(tenant, `${method} /api/admin/sections/none`, body)).toEqual(says(404, "Section not found"));
});

test.for(hideable)("%s can be hidden, over an eviction, and shown again", async (id) => {
  const { tenant } = await newTenant();
  const isShown = async () => (await sectionsOf(tenant)).find((section) => section.id === id)?.enabled;

  expect(await ask(tenant, `PUT /api/admin/sections/${id}`, { enabled: false })).toEqual(success);
  await evictDurableObject(tenant);
  expect(await isShown()).toBe(false);
  await ask(tenant, `PUT /api/admin/sections/${id}`, { enabled: true });
  expect(await isShown()).toBe(true);
});

test.for(always)("%s is always there", async (id) => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, `PUT /api/admin/sections/${id}`, { enabled: false })).toEqual(
    says(400, "Invalid field: enabled"),
  );
  expect(await ask(tenant, `DELETE /api/admin/sections/${id}`)).toEqual(says(403, "Section cannot be removed"));
  expect(await orderOf(tenant)).toContain(id);
});

test.for(["label", "icon", "href"])("a built-in section keeps its %s", async (field) => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "PUT /api/admin/sections/trails", { [field]: "/other" })).toEqual(
    says(400, `Invalid field: ${field}`),
  );
});

test("after a section at the very last place there is room for another", async () => {
  const { tenant } = await withSections("a");
  await ask(tenant, "PUT /api/admin/sections/a", { sortOrder: 1_000_000 });

  await ask(tenant, "POST /api/admin/sections", recipes);

  const [, , config] = await ask(tenant, "GET /api/admin/config");
  expect(await ask(tenant, "PUT /api/admin/config", config)).toEqual(success);
});

test("the sections that the site has made change places among themselves", async () => {
  const { tenant, subdomain } = await withSections("a", "b", "c");

  expect(await ask(tenant, "POST /api/admin/sections/reorder", { ids: ["c", "a", "b"] })).toEqual(success);

  expect(await orderOf(tenant)).toEqual([...always, ...hideable, "c", "a", "b"]);
  expect((await copiesOf(subdomain)).map(({ id }) => id)).toEqual(["c", "a", "b"]);
});

test("all sections take any order, and a new one still comes last", async () => {
  const { tenant } = await withSections("a", "b");
  const ids = ["trails", "b", ...always, "a", "timeline", "analytics"];

  expect(await ask(tenant, "POST /api/admin/sections/reorder", { ids })).toEqual(success);
  await evictDurableObject(tenant);
  await ask(tenant, "POST /api/admin/sections", recipes);

  expect(await sectionsOf(tenant)).toMatchObject([...ids, "recipes"].map((id, sortOrder) => ({ id, sortOrder })));
});

test("sections with the same place are told apart by an order", async () => {
  const { tenant } = await withSections("a", "b");
  await ask(tenant, "PUT /api/admin/sections/a", { sortOrder: 50 });
  await ask(tenant, "PUT /api/admin/sections/b", { sortOrder: 50 });

  await ask(tenant, "POST /api/admin/sections/reorder", { ids: ["b", "a"] });

  expect((await orderOf(tenant)).slice(-2)).toEqual(["b", "a"]);
});

test.for<{ ids: unknown }>([
  { ids: ["a"] },
  { ids: ["a", "a"] },
  { ids: ["a", "b", "b"] },
  { ids: ["a", "none"] },
  { ids: ["a", "b", "trails"] },
  { ids: [] },
  { ids: "a" },
  { ids: [1, 2] },
  { ids: undefined },
])("an order that is no permutation is refused and nothing moves: %j", async (body) => {
  const { tenant } = await withSections("a", "b");
  const before = await sectionsOf(tenant);

  expect(await ask(tenant, "POST /api/admin/sections/reorder", body)).toEqual(says(400, "Invalid field: ids"));
  expect(await sectionsOf(tenant)).toEqual(before);
});

test.for<readonly [field: string, change: object]>([
  ["id", { id: "" }],
  ["id", { id: "Recipes!" }],
  ["id", { id: "r".repeat(65) }],
  ["id", { id: "reorder" }],
  ["id", { id: undefined }],
  ["label", { label: "" }],
  ["label", { label: "l".repeat(101) }],
  ["label", { label: undefined }],
  ["icon", { icon: undefined }],
  ["href", { href: "recipes" }],
  ["href", { href: "//evil.example" }],
  ["href", { href: "/\\evil.example" }],
  ["href", { href: "javascript:alert(1)" }],
  ["href", { href: `/${"h".repeat(500)}` }],
  ["enabled", { enabled: "yes" }],
  ["tier", { tier: "wanderer" }],
  ["sortOrder", { sortOrder: -1 }],
  ["sortOrder", { sortOrder: 1.5 }],
  ["sortOrder", { sortOrder: 1_000_001 }],
])("a new section with a %s that will not do is refused", async ([field, change]) => {
  const { tenant, subdomain } = await newTenant();

  expect(await ask(tenant, "POST /api/admin/sections", { ...recipes, ...change })).toEqual(
    says(400, `Invalid field: ${field}`),
  );
  expect(await orderOf(tenant)).toHaveLength(8);
  expect(await copiesOf(subdomain)).toEqual([]);
});

test("the longest id, label and address are taken", async () => {
  const { tenant } = await newTenant();
  const section = { ...recipes, id: "r".repeat(64), label: "l".repeat(100), href: `/${"h".repeat(499)}` };

  expect((await ask(tenant, "POST /api/admin/sections", section))[0]).toBe(201);
});

test.for<readonly [field: string, change: object]>([
  ["id", { id: "other" }],
  ["label", { label: 5 }],
  ["href", { href: "data:text/html,x" }],
  ["tier", { tier: "free" }],
  ["junk", { junk: 1 }],
])("a change with a %s that will not do changes nothing", async ([field, change]) => {
  const { tenant } = await withSections("recipes");
  const before = await sectionsOf(tenant);

  expect(await ask(tenant, "PUT /api/admin/sections/recipes", change)).toEqual(says(400, `Invalid field: ${field}`));
  expect(await sectionsOf(tenant)).toEqual(before);
});

test.for(["recipes", "posts"])("an id that is taken is refused: %s", async (id) => {
  const { tenant } = await withSections("recipes");

  expect(await ask(tenant, "POST /api/admin/sections", { ...recipes, id })).toEqual(
    says(409, "Section already exists"),
  );
});

test("a section that is no JSON is refused", async () => {
  expect(await ask((await newTenant()).tenant, "POST /api/admin/sections", "{")).toEqual(notJson);
});

test("RPC does the same, for the sections that the site has made", async () => {
  const { tenant } = await newTenant({}, "TENANTS");

  const added = await tenant.addSection({ ...recipes, enabled: true, tier: "oak" });
  await tenant.addSection({ ...recipes, id: "events", enabled: true, tier: "oak" });
  await tenant.updateSection("events", { label: "Events" });
  await tenant.reorderSections(["events", "recipes"]);
  const made = await tenant.getCustomSections();
  await tenant.removeSection("events");

  expect(added).toEqual({ ...recipes, enabled: true, tier: "oak", sortOrder: 8 });
  expect(made).toMatchObject([{ id: "events", label: "Events" }, { id: "recipes" }]);
  expect((await tenant.getCustomSections()).map(({ id }) => id)).toEqual(["recipes"]);
  expect(await failureOf(tenant.removeSection("events"))).toMatchObject({ code: "GROVE-TENANT", status: 404 });
  expect(await failureOf(tenant.reorderSections(["events"]))).toMatchObject({
    ...{ status: 400, message: "GROVE-TENANT: Invalid field: ids" },
  });
});
