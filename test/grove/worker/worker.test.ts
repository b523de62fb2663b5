import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { groveNames } from "../support/names.ts";
import { Browser, failing, newReader, newSite, origin } from "./browser.ts";

beforeAll(prepareDatabase);
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("GET /health names the classes", async () => {
  expect(await new Browser().ask("GET /health")).toEqual([
    200,
    { status: "ok", service: "grove-durable-objects", classes: Object.keys(groveNames) },
  ]);
});

test.for(["GET /", "GET /config", "POST /health", "GET /api", "GET /health/x", "GET /api/posts/acme", "PUT /posts/a"])(
  "%s is answered as any other path",
  async (line) => {
    const response = await new Browser().send(line);

    expect(response.headers.get("Content-Type")).toBe("text/plain;charset=UTF-8");
    expect([response.status, await response.text()]).toEqual([200, "Grove Durable Objects Worker"]);
  },
);

test("an address that cannot be decoded is a 400", async () => {
  expect((await new Browser("willow").ask("GET /posts/%E0%A4%A"))[0]).toBe(400);
});

test.for([
  "GET /api/admin/config",
  "GET /live",
  "GET /api/drafts",
  "PUT /api/posts/a/content",
  "POST /api/posts/a/comments",
  "POST /api/posts/a/reactions",
  "GET /api/posts/a/ws",
  "POST /api/exports",
  "GET /api/exports/x",
  "POST /api/load-tests/x/start",
  "POST /api/chat/rowan",
  "GET /api/feed",
  "POST /api/following",
  "GET /api/notifications",
  "GET /api/mailbox/status",
])("%s is for those who are signed in", async (line) => {
  expect(await new Browser("willow").ask(line)).toEqual([401, { error: "Sign in first" }]);
});

test.for([
  "GET /api/admin/config",
  "GET /live",
  "GET /api/drafts",
  "PUT /api/posts/a/content",
  "POST /api/posts/a/content/migrate",
  "GET /api/posts/a/reactions",
  "POST /api/exports",
  "POST /api/exports/x/cancel",
  "GET /api/load-tests/x/status",
  "POST /api/chat/rowan",
  "GET /api/chat/rowan/history",
])("%s is for the site's owner", async (line) => {
  const { browser } = await newReader("willow");

  expect(await browser.ask(line)).toEqual([403, { error: "This is not your site" }]);
});

test("a mailbox is for the one who has it", async () => {
  const { browser } = await newReader();
  const owner = new Browser();
  await owner.signIn("willow@example.com");

  expect(await browser.ask("GET /api/mailbox/status")).toEqual([403, { error: "This is not your mailbox" }]);
  expect(await owner.ask("GET /api/mailbox/status")).toMatchObject([200, { queueLength: expect.any(Number) }]);
});

test("a page of another site cannot use a browser's cookies", async () => {
  const { browser } = await newReader("willow");

  const answer = await browser.ask("GET /api/feed", undefined, { Origin: "https://evil.example" });

  expect(answer).toEqual([403, { error: "Another site's page may not do this" }]);
  expect((await browser.ask("GET /api/feed", undefined, { Origin: origin }))[0]).toBe(200);
});

test("a session lists its devices, and is over once it is signed out", async () => {
  const { browser } = await newReader("willow");

  const [, { sessions }] = await browser.ask("GET /session/list");
  await browser.ask("POST /auth/sign-out");

  expect(sessions).toMatchObject([{ isCurrent: true }]);
  expect((await browser.ask("GET /api/feed"))[0]).toBe(401);
});

test("a site is there by its header, and by its subdomain where sites have one", async () => {
  const { subdomain } = await newSite();
  const byName = new Request(`https://${subdomain}.grove.place/api/config`);

  const byHeader = await new Browser(subdomain).ask("GET /api/config");
  const [status] = await new Browser().ask(`GET ${byName.url}`);

  expect(byHeader).toEqual([200, { subdomain, displayName: "A site", theme: null, tier: "oak" }]);
  expect(status).toBe(200);
});

test("a header cannot stand for another site where sites have names", async () => {
  const { subdomain } = await newSite();

  const [, { subdomain: shown }] = await new Browser("willow").ask(`GET https://${subdomain}.grove.place/api/config`);

  expect(shown).toBe(subdomain);
});

test.for(["nobody's", "aspen", undefined])("the site %s is not found", async (site) => {
  expect(await new Browser(site).ask("GET /api/config")).toEqual([404, "Site not found"]);
});

test("a site whose object does not answer is unavailable", async () => {
  const browser = new Browser("willow", { TENANTS: failing });

  expect(await browser.ask("GET /api/config")).toEqual([503, "Site unavailable"]);
});

test("while nobody can say who asks, nobody does", async () => {
  const { subdomain, owner } = await newSite();

  const answer = await new Browser(subdomain, { SESSIONS: failing }, owner).ask("GET /api/admin/config");

  expect(answer).toEqual([401, { error: "Sign in first" }]);
  expect((await owner.ask("GET /api/admin/config"))[0]).toBe(200);
});

test("an object that fails takes nothing else down", async () => {
  const site = await newSite();
  const owner = new Browser(site.subdomain, { POSTS: failing }, site.owner);

  expect(await owner.ask("GET /api/posts/a/reactions")).toEqual([503, { error: "This is not available now" }]);
  expect((await owner.ask("GET /api/drafts"))[0]).toBe(200);
});

test("a site's budget is told with each answer, and over it is a 429 that says when", async () => {
  const { subdomain } = await newSite("wanderer");
  const browser = new Browser(subdomain);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 15) });

  const first = await browser.send("GET /api/config");
  for (const _ of Array(59)) await browser.send("GET /api/config");
  vi.setSystemTime(Date.UTC(2030, 0, 15, 0, 0, 20));
  const denied = await browser.send("GET /api/config");
  vi.setSystemTime(Date.UTC(2030, 0, 15, 0, 1));
  const again = await browser.send("GET /api/config");

  const told = (response: Response) =>
    ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"].map((name) =>
      response.headers.get(name),
    );
  expect([first.status, told(first)]).toEqual([200, ["60", "59", "60", null]]);
  expect([denied.status, told(denied), await denied.json()]).toEqual([
    429,
    ["60", "0", "40", "40"],
    { error: "Too many requests" },
  ]);
  expect(again.status).toBe(200);
});

test("writes have a budget of their own", async () => {
  const { owner } = await newSite("wanderer");
  const draft = { content: "a", metadata: { title: "A" }, deviceId: "phone" };
  for (const _ of Array(20)) await owner.ask("PUT /api/drafts/a", draft);

  const response = await owner.send("PUT /api/drafts/a", draft);

  expect([response.status, response.headers.get("RateLimit-Limit")]).toEqual([429, "20"]);
});

test("a budget that nobody can look up holds nobody", async () => {
  const { subdomain } = await newSite();
  const tenant = grove.TENANTS.getByName(`tenant:${subdomain}`);
  const forgetful = { getConfig: () => tenant.getConfig(), checkRateLimit: () => Promise.reject(new Error("no")) };
  const browser = new Browser(subdomain, { TENANTS: { getByName: () => forgetful } });

  expect((await browser.ask("GET /api/config"))[0]).toBe(200);
});

test("an address that signs in too often waits, and one nobody can count does not", async () => {
  const address = { "CF-Connecting-IP": crypto.randomUUID() };
  const browser = new Browser();
  for (const _ of Array(30)) await browser.send("GET /auth/login", undefined, address);

  const denied = await browser.send("GET /auth/login", undefined, address);
  const uncounted = await new Browser(undefined, { THRESHOLD: failing }).send("GET /auth/login", undefined, address);

  expect([denied.status, Number(denied.headers.get("Retry-After"))]).toEqual([429, expect.any(Number)]);
  expect(Number(denied.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(uncounted.status).toBe(302);
});
