import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { ask, data, grove, json, notJson, says } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { batchesOf, changeInD1, newTenant, rowOf, withoutD1 } from "./tenants.ts";

const draft = { content: "text", metadata: { title: "A tale" }, deviceId: "phone" };
const hour = 3_600_000;

beforeAll(prepareDatabase);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("fault 1: a draft that is not there is 404, not 500", async () => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "GET /drafts/none")).toEqual(says(404, "Draft not found"));
});

test("fault 2: an hour after a plan changed and a site was closed the old plan is not served", async () => {
  const { tenant, subdomain } = await newTenant({ plan: "oak" });
  await ask(tenant, "GET /config");

  await changeInD1(subdomain, "plan", "sapling");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hour });
  expect(data(await ask(tenant, "GET /config"))).toMatchObject({ tier: "sapling" });

  await changeInD1(subdomain, "active", 0);
  vi.setSystemTime(Date.now() + hour);
  expect(await ask(tenant, "GET /config")).toEqual(says(404, "Tenant not found"));
});

test("fault 3: the first header does not make an object another site's", async () => {
  const [alice, bob] = [await newTenant(), await newTenant()];
  await alice.tenant.fetch("https://grove/config", { headers: { "X-Tenant-Subdomain": bob.subdomain } });

  expect(data(await ask(alice.tenant, "GET /config"))).toMatchObject({ subdomain: alice.subdomain });
});

test("fault 4: nobody gives himself another tier or owner, in the object no more than in D1", async () => {
  const { tenant, subdomain } = await newTenant({ plan: "seedling" });
  const before = [await ask(tenant, "GET /config"), await rowOf(subdomain)];

  const answer = await ask(tenant, "PUT /config", { tier: "evergreen", ownerId: "evil", junk: 1 });

  expect(answer).toEqual(says(400, "Invalid field: tier"));
  expect([await ask(tenant, "GET /config"), await rowOf(subdomain)]).toEqual(before);
});

test("fault 5: when D1 fails the object does not say something else than D1", async () => {
  const { tenant } = await newTenant();
  capture();
  const before = await ask(tenant, "GET /config");

  const answer = await withoutD1(() => ask(tenant, "PUT /config", { displayName: "New" }));

  expect(answer).toEqual(says(503, "Tenant config unavailable"));
  expect(await ask(tenant, "GET /config")).toEqual(before);
});

test("fault 6: updated_at stays a number of seconds", async () => {
  const { tenant, subdomain } = await newTenant();

  await ask(tenant, "PUT /config", { displayName: "New" });

  const { time, updated_at } = await rowOf(subdomain);
  expect(time).toBe("integer");
  expect(updated_at).toBeLessThan(Date.now() / 100);
});

test("fault 7: an event is on disk before its answer, and arrives", async () => {
  const site = crypto.randomUUID();
  const tenant = grove["TenantWithDays"]!.getByName(`tenant:${site}`);
  const timestamp = Date.UTC(2030, 0);
  vi.useFakeTimers({ toFake: ["Date"], now: timestamp });
  await ask(tenant, "POST /analytics", { type: "page_view", timestamp });
  await evictDurableObject(tenant);

  await runDurableObjectAlarm(tenant);

  const [batch] = await batchesOf(site, "2030-01-01");
  expect(batch?.events).toEqual([{ type: "page_view", timestamp }]);
});

test.for([
  ["no content", { ...draft, content: undefined }, says(400, "Invalid field: content")],
  ["no device", { ...draft, deviceId: undefined }, says(400, "Invalid field: deviceId")],
  ["no metadata", { ...draft, metadata: undefined }, says(400, "Invalid field: metadata")],
  ["three megabytes", { ...draft, content: "x".repeat(3_000_000) }, says(400, "Invalid field: content")],
  ["bad JSON", "{", notJson],
] as const)("fault 8: a draft with %s is 400, not 500", async ([, body, answer]) => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "PUT /drafts/a", body)).toEqual(answer);
});

test("fault 9: there are 500 drafts at most", async () => {
  const { tenant } = await newTenant();
  await runInDurableObject(tenant, (object) => {
    Array.from({ length: 500 }, (_, n) => object.saveDraft({ ...draft, slug: `draft-${n}` }));
  });

  expect(await ask(tenant, "PUT /drafts/one-more", draft)).toEqual(says(400, "Too many drafts"));
});

test("fault 10: a device that has not seen another's version does not overwrite it", async () => {
  const { tenant } = await newTenant();
  const { lastSaved } = data<{ lastSaved: number }>(await ask(tenant, "PUT /drafts/a", draft));
  await ask(tenant, "PUT /drafts/a", { ...draft, content: "newer", deviceId: "laptop", lastSaved });

  expect(await ask(tenant, "PUT /drafts/a", { ...draft, lastSaved })).toEqual(says(409, "Draft changed elsewhere"));
  expect(data(await ask(tenant, "GET /drafts/a"))).toMatchObject({ content: "newer" });
});

test("fault 11: an event without a type is refused", async () => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "POST /analytics", {})).toEqual(says(400, "Missing required fields"));
  expect(await ask(tenant, "POST /analytics", { type: "x" })).toEqual(json({ success: true }));
});
