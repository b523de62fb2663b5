import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { failureOf } from "../../support/failure.ts";
import { ask, data, grove } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { newTenant, rowOf, withoutD1 } from "./tenants.ts";

const draft = { slug: "a/b", content: "text", metadata: { title: "A tale" }, deviceId: "phone" };
const nobody = () => grove.TENANTS.getByName(`tenant:${crypto.randomUUID()}`);

beforeAll(prepareDatabase);
afterEach(() => void vi.restoreAllMocks());

test("getConfig gives what GET /config answers, null for a site that D1 does not know", async () => {
  const { tenant } = await newTenant();

  expect(await tenant.getConfig()).toEqual(data(await ask(tenant, "GET /config")));
  expect(await nobody().getConfig()).toBeNull();
  expect(await grove.TENANTS.getByName("__health_check__").getConfig()).toBeNull();
});

test("getConfig gives the last good config while D1 fails, and is an error when there is none", async () => {
  const { tenant } = await newTenant();
  const other = await newTenant();
  capture();
  const good = await tenant.getConfig();
  await evictDurableObject(tenant);

  expect(await withoutD1(async () => await tenant.getConfig())).toEqual(good);
  expect(await withoutD1(async () => failureOf(other.tenant.getConfig()))).toMatchObject({
    ...{ name: "LoomError", code: "GROVE-TENANT", status: 503, message: "GROVE-TENANT: Tenant config unavailable" },
  });
});

test("updateConfig changes D1 and is seen at once", async () => {
  const { tenant, subdomain } = await newTenant();
  await tenant.getConfig();

  await tenant.updateConfig({ displayName: "New", theme: null });

  expect(await tenant.getConfig()).toMatchObject({ displayName: "New", theme: null });
  expect(await rowOf(subdomain)).toMatchObject({ display_name: "New", theme: null });
});

test("updateConfig refuses what is not the caller's to set, a site that is not there, and a D1 that fails", async () => {
  const { tenant, subdomain } = await newTenant();
  capture();
  const before = await rowOf(subdomain);

  expect(await failureOf(tenant.updateConfig({ tier: "evergreen" } as object))).toMatchObject({
    ...{ code: "GROVE-LOOM-024", status: 400 },
  });
  expect(await failureOf(nobody().updateConfig({ displayName: "New" }))).toMatchObject({ status: 404 });
  expect(await withoutD1(async () => failureOf(tenant.updateConfig({ theme: null })))).toMatchObject({ status: 503 });
  expect(await rowOf(subdomain)).toEqual(before);
});

test("drafts over RPC are those of the routes", async () => {
  const tenant = nobody();
  const { slug, ...body } = draft;

  const { lastSaved } = await tenant.saveDraft(draft);

  const { content, metadata, deviceId } = body;
  expect(await tenant.getDraft(slug)).toEqual({ slug, content, metadata, lastSaved, deviceId });
  expect(await tenant.listDrafts()).toEqual([{ slug, metadata, lastSaved, deviceId }]);
  expect(data(await ask(tenant, "GET /drafts/a%2Fb"))).toEqual(await tenant.getDraft(slug));
  await tenant.deleteDraft(slug);
  await tenant.deleteDraft(slug);
  expect(await tenant.getDraft(slug)).toBeNull();
});

test("a draft that another device has changed is refused with the status of the route", async () => {
  const tenant = nobody();
  const { lastSaved } = await tenant.saveDraft(draft);
  await tenant.saveDraft({ ...draft, deviceId: "laptop" });

  expect(await failureOf(tenant.saveDraft({ ...draft, lastSaved }))).toMatchObject({
    ...{ code: "GROVE-TENANT", status: 409, message: "GROVE-TENANT: Draft changed elsewhere" },
  });
});

test.for<{ draft: object }>([
  { draft: {} },
  { draft: { ...draft, slug: "" } },
  { draft: { ...draft, slug: "s".repeat(201) } },
  { draft: { ...draft, content: "x".repeat(1_048_577) } },
  { draft: { ...draft, deviceId: "" } },
  { draft: { ...draft, metadata: null } },
])("a draft that will not do is refused and nothing is stored", async ({ draft: bad }) => {
  const tenant = nobody();

  expect(await failureOf(tenant.saveDraft(bad as never))).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect(await tenant.listDrafts()).toEqual([]);
});

test.for([
  ...["saveEvents", "copyDrafts", "keepStats", "sweepRateLimits", "readConfig", "writeDraft", "listSections", "watch"],
  ...["site", "onD1", "recall", "subdomain", "database", "kept", "drafts", "createDrafts"],
])("%s is no business of a caller", async (member) => {
  const tenant = nobody() as unknown as Record<string, () => Promise<unknown>>;

  expect(await failureOf(tenant[member]!())).toMatchObject({ message: expect.stringContaining("does not implement") });
});
