import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { Browser, drainQueue, newReader, newSite, queue } from "./browser.ts";

const draft = { content: "a", metadata: { title: "A" }, deviceId: "phone" };
const tooLarge = [413, { error: "The request is too large." }];

beforeAll(prepareDatabase);
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => {
  queue.length = 0;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("nobody but its owner uses up what a site may be written", async () => {
  const { subdomain, owner } = await newSite("wanderer");
  const { browser } = await newReader(subdomain);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  for (const _ of Array(25)) await new Browser(subdomain).ask("PUT /api/drafts/a", draft);
  for (const _ of Array(25)) await browser.ask("PUT /api/drafts/a", draft);
  for (const _ of Array(25)) await browser.ask("POST /api/posts/a/reactions", { type: "like" });

  const answer = await owner.send("PUT /api/drafts/a", draft);

  expect([answer.status, answer.headers.get("RateLimit-Limit")]).toEqual([200, "20"]);
  expect(answer.headers.get("RateLimit-Remaining")).toBe("19");
});

test("one person writes sixty times a minute, wherever that is", async () => {
  const { subdomain } = await newSite("evergreen");
  const { browser } = await newReader(subdomain);
  vi.useFakeTimers({ toFake: ["Date"], now: Math.floor(Date.now() / 1000) * 1000 });
  for (const _ of Array(30)) await browser.ask("POST /api/posts/a/reactions", { type: "like" });
  for (const _ of Array(30)) await browser.ask("POST /api/notifications/read", { ids: [] });

  const denied = await browser.send("POST /api/feed/rebuild");
  const alsoDenied = await browser.ask("POST /api/posts/a/reactions", { type: "like" });

  expect([denied.status, denied.headers.get("RateLimit-Limit"), denied.headers.get("Retry-After")]).toEqual([
    ...[429, "60", "60"],
  ]);
  expect(alsoDenied).toEqual([429, { error: "Too many requests" }]);
  expect((await browser.ask("GET /api/feed"))[0]).toBe(200);
});

test.for(["POST /api/posts/a/reactions", "POST /api/posts/a/comments", "POST /api/following", "POST /api/exports"])(
  "%s takes no body that no object would",
  async (line) => {
    const { owner } = await newSite();

    expect(await owner.ask(line, " ".repeat(8 * 1024 * 1024 + 1))).toEqual(tooLarge);
  },
);

test.for(["{", "null", "[]", '"text"'])("%s begins no export", async (body) => {
  const { owner, subdomain } = await newSite();

  const answer = await owner.ask("POST /api/exports", body);

  const rows = grove.DB.prepare("SELECT count(*) AS n FROM storage_exports WHERE tenant_id = ?");
  expect(answer).toEqual([400, { error: "Invalid export" }]);
  expect(await rows.bind(`id-${subdomain}`).first()).toEqual({ n: 0 });
});

test("an export without a body is one by the defaults", async () => {
  const { owner } = await newSite();

  expect((await owner.ask("POST /api/exports"))[0]).toBe(202);
});

test.for([
  [{}, "type is required"],
  [{ type: "" }, "type is required"],
  [{ type: "LIKE!" }, "type is invalid"],
  [{ type: 5 }, "type is invalid"],
  ["{", "type is required"],
] as const)("a reaction that is none, %j, is refused in words", async ([body, error]) => {
  const { subdomain } = await newSite();
  const { browser } = await newReader(subdomain);

  expect(await browser.ask("POST /api/posts/a/reactions", body)).toEqual([400, { error }]);
});

test("a reaction that is taken back is not given once more", async () => {
  const { subdomain } = await newSite();
  const { browser } = await newReader(subdomain);
  for (const _ of Array(2)) await browser.ask("POST /api/posts/a/reactions", { type: "like" });

  await runDurableObjectAlarm(grove.TENANTS.getByName(`tenant:${subdomain}`));
  const day = grove.ANALYTICS.getByName(`analytics:${subdomain}:${new Date().toISOString().slice(0, 10)}`);

  expect(await day.getStats()).toMatchObject({ totals: { reactionsGiven: 1 } });
});

test("who follows again and again is told of once a day", async () => {
  const { subdomain, owner } = await newSite();
  const { browser } = await newReader();
  await browser.ask("POST /api/following", { site: subdomain, action: "follow" });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * 3_600_000 });
  await browser.ask("POST /api/following", { site: subdomain, action: "unfollow" });

  await browser.ask("POST /api/following", { site: subdomain, action: "follow" });

  expect((await owner.ask("GET /api/notifications/unread"))[1]).toEqual({ count: 1 });
});

test("who follows as many as there is room for follows nobody more, in D1 neither", async () => {
  const { subdomain } = await newSite();
  const { browser, id } = await newReader();
  const full = Object.assign(new Error("GROVE-FEED: You follow too many."), {
    name: "LoomError",
    code: "F",
    status: 409,
  });
  const FEEDS = { getByName: () => ({ updateFollowing: () => Promise.reject(full) }) };

  const answer = await new Browser(undefined, { FEEDS }, browser).ask("POST /api/following", {
    ...{ site: subdomain, action: "follow" },
  });

  const rows = grove.DB.prepare("SELECT count(*) AS n FROM meadow_follows WHERE follower_id = ?");
  expect(answer[0]).toBe(409);
  expect(await rows.bind(id).first()).toEqual({ n: 0 });
});

test.for([1e300, Date.UTC(9999, 0), 1.5, -1e300])(
  "a post of the time %d is news of a time that has been",
  async (time) => {
    const { subdomain, owner } = await newSite();
    const { browser } = await newReader();
    await browser.ask("POST /api/following", { site: subdomain, action: "follow" });

    await owner.ask("PUT /api/posts/a/content", { title: "A", publishedAt: time });
    await drainQueue();
    const [, { items }] = await browser.ask("GET /api/feed");
    const query = "SELECT published_at AS at FROM posts WHERE id = ?";
    const row = await grove.DB.prepare(query).bind(`id-${subdomain}:a`).first<{ at: number }>();

    expect(items).toMatchObject([{ postId: `${subdomain}/a` }]);
    expect(items[0].createdAt).toBeLessThanOrEqual(Date.now());
    expect(items[0].createdAt).toBeGreaterThanOrEqual(0);
    expect(row!.at).toBe(Math.floor(items[0].createdAt / 1_000));
  },
);

test("a post with the longest of everything comes into a feed, and is the same after a rebuild", async () => {
  const { subdomain, owner } = await newSite();
  const { browser } = await newReader();
  const slug = "ü".repeat(200);
  const long = { title: "\u0001".repeat(500), description: "\u0001".repeat(2_000), publishedAt: 1 };
  await grove.DB.prepare("UPDATE tenants SET display_name = ? WHERE subdomain = ?")
    .bind("W".repeat(300), subdomain)
    .run();
  await browser.ask("POST /api/following", { site: subdomain, action: "follow" });

  await owner.ask(`PUT /api/posts/${encodeURIComponent(slug)}/content`, long);
  await drainQueue();
  const [, before] = await browser.ask("GET /api/feed");
  await browser.ask("POST /api/feed/rebuild");
  const [, after] = await browser.ask("GET /api/feed");

  const query = "SELECT length(description) AS length FROM posts WHERE tenant_id = ?";
  expect(await grove.DB.prepare(query).bind(`id-${subdomain}`).first()).toEqual({ length: 2_000 });
  const ids = [before, after].map(({ items }) => items.map(({ postId }: { postId: string }) => postId));
  expect(ids[0]).toEqual([expect.stringContaining(`${subdomain}/üüü`)]);
  expect(ids[1]).toEqual(ids[0]);
});

test("who only asks for a page's head has not read it", async () => {
  const { subdomain } = await newSite();
  const browser = new Browser(subdomain);

  const head = await browser.send("HEAD /posts/a");

  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await browser.ask("GET /api/posts/a/meta"))[0]).toBe(404);
});

test.for(["GET /posts/a", "GET /api/posts/a/content/html"])("%s shows a page that runs nothing", async (line) => {
  const { subdomain, owner } = await newSite();
  await owner.ask("PUT /api/posts/a/content", { title: "A", htmlContent: "<script>alert(1)</script>" });

  const page = await new Browser(subdomain).send(line);

  expect(page.headers.get("Content-Type")).toBe("text/html");
  expect(page.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(page.headers.get("Content-Security-Policy")).toBe(
    "script-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'",
  );
});
