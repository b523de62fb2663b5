import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { Client, upgrade } from "../../support/client.ts";
import { ask, data, grove, loomError } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { changeInD1, newTenant, withoutD1 } from "./tenants.ts";

const now = Date.UTC(2030, 0);
const hour = 3_600_000;

beforeAll(prepareDatabase);
// Years ahead: no alarm comes by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A site whose stats somebody has asked for, and what they are. */
async function knownSite() {
  const { tenant, subdomain } = await newTenant();
  const stats = data(await ask(tenant, "GET /api/admin/stats"));
  return { tenant, subdomain, stats };
}

function alarmOf(tenant: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(tenant, (_object, { storage }) => storage.getAlarm());
}

function openSockets(tenant: DurableObjectStub): Promise<number> {
  const isOpen = ({ readyState }: WebSocket) => readyState === WebSocket.OPEN;
  return runInDurableObject(tenant, (_object, ctx) => ctx.getWebSockets().filter(isOpen).length);
}

/** A dashboard that has been told where things stand. */
async function watch(tenant: DurableObjectStub): Promise<Client> {
  const client = await Client.open(tenant, "/live");
  await client.next();
  await client.next();
  return client;
}

test("a dashboard is told the stats and how many watch, and the others how many watch now", async () => {
  const { tenant, stats } = await knownSite();

  const one = await Client.open(tenant, "/live");
  expect([await one.next(), await one.next()]).toEqual([
    { type: "stats", stats },
    { type: "presence", count: 1 },
  ]);
  const other = await watch(tenant);
  expect(await one.next()).toEqual({ type: "presence", count: 2 });

  other.close(1000);
  expect(await one.next()).toEqual({ type: "presence", count: 1 });
});

test("the first dashboard of a site gets the stats as soon as D1 has given them", async () => {
  const { tenant } = await newTenant();

  const client = await Client.open(tenant, "/live");

  expect(await client.next()).toEqual({ type: "presence", count: 1 });
  expect(await client.next()).toMatchObject({ type: "stats", stats: { postCount: 0 } });
});

test("dashboards that come together are counted one after the other", async () => {
  const { tenant } = await knownSite();

  const clients = await Promise.all([1, 2, 3].map(() => Client.open(tenant, "/live")));
  const seen = await Promise.all(clients.map(async (client) => [await client.next(), await client.next()][1]));

  expect(seen).toEqual([1, 2, 3].map((count) => ({ type: "presence", count })));
});

test("presence is right when the first thing after an eviction is somebody coming, or leaving", async () => {
  const { tenant } = await knownSite();
  const one = await watch(tenant);
  await evictDurableObject(tenant);

  const other = await watch(tenant);
  expect(await one.next()).toEqual({ type: "presence", count: 2 });
  await evictDurableObject(tenant);
  other.close(1000);

  expect(await one.next()).toEqual({ type: "presence", count: 1 });
});

test("a refresh is told to every dashboard", async () => {
  const { tenant } = await knownSite();
  const client = await watch(tenant);

  const stats = data(await ask(tenant, "POST /api/admin/stats/refresh"));

  expect(await client.next()).toEqual({ type: "stats", stats });
});

test("as long as somebody watches, stats come every hour, also after one hour without D1", async () => {
  const { tenant } = await knownSite();
  capture();
  const client = await watch(tenant);
  expect(await alarmOf(tenant)).toBe(now + hour);

  vi.setSystemTime(now + hour);
  await withoutD1(() => runDurableObjectAlarm(tenant));
  expect(await alarmOf(tenant)).toBe(now + 2 * hour);
  vi.setSystemTime(now + 2 * hour);
  await evictDurableObject(tenant);
  await runDurableObjectAlarm(tenant);

  expect(await client.next()).toMatchObject({ type: "stats" });
  expect(await alarmOf(tenant)).toBe(now + 3 * hour);
});

test("when nobody watches any more the next hour's stats are the last", async () => {
  const { tenant } = await knownSite();
  const [one, other] = [await watch(tenant), await watch(tenant)];
  one.close(1000);
  await one.next();
  await other.next();
  other.close(1000);
  await vi.waitFor(async () => expect(await openSockets(tenant)).toBe(0));

  vi.setSystemTime(now + hour);
  await runDurableObjectAlarm(tenant);

  expect(await alarmOf(tenant)).toBeNull();
});

const order = ["dashboard", "posts", "pages", "images", "settings", "analytics", "timeline", "trails"];
const section = { id: "recipes", label: "Recipes", icon: "star", href: "/admin/recipes" };

test.for<readonly [line: string, body: object]>([
  ["PUT /config", { displayName: "New" }],
  ["PUT /api/admin/config", { font: "lexend" }],
  ["POST /api/admin/sections", section],
  ["PUT /api/admin/sections/trails", { enabled: false }],
  ["POST /api/admin/sections/reorder", { ids: [...order].reverse() }],
])("dashboards are told that something was set up: %s", async ([line, body]) => {
  const { tenant } = await knownSite();
  await ask(tenant, "GET /config");
  const client = await watch(tenant);

  await ask(tenant, line, body);

  expect(await client.next()).toEqual({ type: "config" });
});

test("dashboards are told when D1 turns out to have another config", async () => {
  const { tenant, subdomain } = await knownSite();
  await ask(tenant, "GET /config");
  const client = await watch(tenant);
  await changeInD1(subdomain, "plan", "evergreen");

  vi.setSystemTime(now + 6 * 60_000);
  await ask(tenant, "GET /config");

  expect(await client.next()).toEqual({ type: "config" });
});

test("a refused change is told to nobody", async () => {
  const { tenant } = await knownSite();
  await ask(tenant, "GET /config");
  const client = await watch(tenant);

  await ask(tenant, "PUT /api/admin/config", { font: "" });
  await ask(tenant, "DELETE /api/admin/sections/posts");
  client.send("ping");

  expect(await client.next()).toBe("pong");
});

test("a dashboard of a site that D1 does not know is counted, and the log says why it has no stats", async () => {
  const { lines } = capture();
  const client = await Client.open(grove.TENANTS.getByName(`tenant:${crypto.randomUUID()}`), "/live");

  expect(await client.next()).toEqual({ type: "presence", count: 1 });
  await vi.waitFor(() => expect(JSON.stringify(lines)).toContain("Tenant not found"));
});

test("GET /live without an upgrade is 426", async () => {
  const { tenant } = await newTenant();

  expect(await ask(tenant, "GET /live")).toEqual(loomError(426, "033", "Connect with a WebSocket."));
});

test("an upgrade of another path finds nothing", async () => {
  const { tenant } = await newTenant();

  expect((await upgrade(tenant, "/other")).status).toBe(404);
});

test("a hundred dashboards may watch, and one more is refused", async () => {
  const { tenant } = await knownSite();
  const clients = await Promise.all(Array.from({ length: 100 }, () => Client.open(tenant, "/live")));

  const refused = await upgrade(tenant, "/live");

  expect([refused.status, await refused.text()]).toEqual([503, "Too many dashboards"]);
  expect(await openSockets(tenant)).toBe(100);
  clients[0]!.close(1000);
  await vi.waitFor(async () => expect(await openSockets(tenant)).toBe(99));
  expect((await upgrade(tenant, "/live")).status).toBe(101);
});

test("a dashboard may say ten things in ten seconds, and is closed after the eleventh", async () => {
  const { tenant } = await knownSite();
  const client = await watch(tenant);

  for (const _ of Array(10)) client.send("hello");
  const answers = [];
  for (const _ of Array(10)) answers.push(await client.next());
  client.send("hello");

  expect(answers).toEqual(Array(10).fill(expect.objectContaining({ type: "error" })));
  expect(await client.next()).toMatchObject({ closed: 1008 });
});

test("a dashboard that says too much is closed", async () => {
  const { tenant } = await knownSite();
  const client = await watch(tenant);

  client.send("x".repeat(1_025));

  expect(await client.next()).toMatchObject({ closed: 1009 });
});
