import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { ask, data, grove } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { beforeD1Answers, newTenant, withoutD1 } from "./tenants.ts";

const now = Date.UTC(2030, 0);
const draft = { content: "Once upon a time", metadata: { title: "A tale" }, deviceId: "phone" };

beforeAll(prepareDatabase);
// Years ahead: no alarm comes by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What D1 has of a site's drafts. */
async function copiesOf(subdomain: string) {
  const query = "SELECT * FROM tenant_drafts WHERE tenant_id = ? ORDER BY slug";
  return (await grove.DB.prepare(query).bind(`id-${subdomain}`).all()).results;
}

async function save(tenant: DurableObjectStub, slug: string, content = draft.content): Promise<number> {
  return data<{ lastSaved: number }>(await ask(tenant, `PUT /drafts/${slug}`, { ...draft, content })).lastSaved;
}

function alarmOf(tenant: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(tenant, (_object, { storage }) => storage.getAlarm());
}

test("drafts are copied to D1 together, five minutes after the first was saved", async () => {
  const { tenant, subdomain } = await newTenant();
  await save(tenant, "a");
  vi.setSystemTime(now + 60_000);
  await save(tenant, "b", "");
  expect(await alarmOf(tenant)).toBe(now + 300_000);
  expect(await copiesOf(subdomain)).toEqual([]);

  await runDurableObjectAlarm(tenant);

  const common = { tenant_id: `id-${subdomain}`, metadata: '{"title":"A tale"}', device_id: "phone" };
  expect(await copiesOf(subdomain)).toEqual([
    { ...common, slug: "a", content: draft.content, last_saved: now },
    { ...common, slug: "b", content: "", last_saved: now + 60_000 },
  ]);
  expect(await alarmOf(tenant)).toBeNull();
});

test("many versions of a draft are one write, and what has not changed none", async () => {
  const { tenant, subdomain } = await newTenant();
  await save(tenant, "a");
  await save(tenant, "b");
  await runDurableObjectAlarm(tenant);
  await grove.DB.prepare("UPDATE tenant_drafts SET content = 'untouched' WHERE slug = 'b'").run();

  await save(tenant, "a", "one");
  await save(tenant, "a", "two");
  await runDurableObjectAlarm(tenant);

  expect(await copiesOf(subdomain)).toMatchObject([{ content: "two" }, { content: "untouched" }]);
});

test("a draft that is saved while it is copied is copied again", async () => {
  const { tenant, subdomain } = await newTenant();
  await save(tenant, "a", "one");

  await beforeD1Answers(
    () => runDurableObjectAlarm(tenant),
    () => save(tenant, "a", "two"),
  );

  expect(await copiesOf(subdomain)).toMatchObject([{ content: "two" }]);
});

test("a draft that is deleted while it is copied is gone from D1 with the next copies", async () => {
  const { tenant, subdomain } = await newTenant();
  await save(tenant, "a");
  await beforeD1Answers(
    () => runDurableObjectAlarm(tenant),
    () => ask(tenant, "DELETE /drafts/a"),
  );
  expect(await copiesOf(subdomain)).toHaveLength(1);

  await runDurableObjectAlarm(tenant);

  expect(await copiesOf(subdomain)).toEqual([]);
});

test("a deleted draft is deleted in D1, unless it was saved anew", async () => {
  const { tenant, subdomain } = await newTenant();
  await save(tenant, "a");
  await save(tenant, "b");
  await runDurableObjectAlarm(tenant);

  await ask(tenant, "DELETE /drafts/a");
  await ask(tenant, "DELETE /drafts/b");
  await save(tenant, "b", "anew");
  await runDurableObjectAlarm(tenant);

  expect(await copiesOf(subdomain)).toMatchObject([{ slug: "b", content: "anew" }]);
});

test("deleting what is not there wakes nobody", async () => {
  const { tenant } = await newTenant();

  await ask(tenant, "DELETE /drafts/none");

  expect(await alarmOf(tenant)).toBeNull();
});

test("while D1 fails drafts wait, over an eviction too, and are copied once it answers", async () => {
  const { tenant, subdomain } = await newTenant();
  capture();
  await ask(tenant, "GET /config");
  await save(tenant, "a");
  await withoutD1(() => runDurableObjectAlarm(tenant));
  expect(await alarmOf(tenant)).toBeGreaterThan(now);
  await evictDurableObject(tenant);

  await runDurableObjectAlarm(tenant);

  expect(await copiesOf(subdomain)).toHaveLength(1);
});

test("more drafts than fit into one batch are all copied", async () => {
  const { tenant, subdomain } = await newTenant();
  await Promise.all(Array.from({ length: 20 }, (_, n) => save(tenant, `draft-${n}`)));

  await runDurableObjectAlarm(tenant);

  expect(await copiesOf(subdomain)).toHaveLength(20);
});

test("drafts of a site that D1 does not know stay in the object, which rests", async () => {
  const tenant = grove.TENANTS.getByName(`tenant:${crypto.randomUUID()}`);
  await save(tenant, "a");

  await runDurableObjectAlarm(tenant);

  expect(await alarmOf(tenant)).toBeNull();
  expect((await ask(tenant, "GET /drafts/a"))[0]).toBe(200);
});
