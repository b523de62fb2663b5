import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { Browser, failing, newReader, newSite, origin } from "./browser.ts";

// What somebody may try who wants to be another, on another's site, or by another's browser.
const evil = { Origin: "https://evil.example" };
const upgrade = { Upgrade: "websocket" };
const notOwn = [403, { error: "Another site's page may not do this" }];

beforeAll(prepareDatabase);
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

test.for([
  "https://grove.example",
  "https://grove.place",
  "https://evilgrove.place",
  "https://a.willow.grove.place",
  "https://willow.grove.place.example",
  "https://willow.grove.place.",
])("at %s no header says which site is meant", async (host) => {
  expect(await new Browser("willow").ask(`GET ${host}/api/config`)).toEqual([404, "Site not found"]);
});

test.for(["willow:x", "willow.rowan", "Willow", "-willow", "w".repeat(64), "../willow", " "])(
  "%j is the name of no site, and no object is asked for it",
  async (name) => {
    const TENANTS = { getByName: () => expect.unreachable() };

    expect(await new Browser(name, { TENANTS }).ask("GET /api/config")).toEqual([404, "Site not found"]);
  },
);

test.for([
  "POST /auth/sign-out",
  "POST /auth/sign-out-everywhere",
  "POST /session/revoke-all",
  "POST /session/validate",
  "GET /session/list",
  "DELETE /session/x",
  "POST /api/following",
  "POST /api/posts/a/comments",
  "PUT /api/admin/config",
])("%s is not for another site's page", async (line) => {
  const { owner } = await newSite();

  expect(await owner.ask(line, undefined, evil)).toEqual(notOwn);
  expect(await owner.ask(line, undefined, { Origin: "null" })).toEqual(notOwn);
  expect((await owner.ask("GET /api/feed"))[0]).toBe(200);
});

test("one site's page is another's stranger", async () => {
  const { browser } = await newReader();
  const between = { Origin: "https://rowan.grove.place" };

  expect(await browser.ask("POST https://willow.grove.place/session/revoke-all", {}, between)).toEqual(notOwn);
});

test.for(["/live", "/api/posts/a/ws", "/api/notifications/ws", "/api/chat/rowan/ws"])(
  "another site's page opens no socket at %s",
  async (path) => {
    const { owner } = await newSite();

    expect(await owner.ask(`GET ${path}`, undefined, { ...evil, ...upgrade })).toEqual(notOwn);
  },
);

test("who joins a post does so in their own name, and the world is told how many there are", async () => {
  const { subdomain } = await newSite();
  const { browser, id } = await newReader(subdomain);

  const joined = await browser.send("GET /api/posts/a/ws?userId=another", undefined, { ...upgrade, Origin: origin });
  joined.webSocket!.accept();
  const seen = await grove.POSTS.getByName(`post:${subdomain}:a`).getPresence();

  expect(seen).toEqual({ viewers: [id], count: 1 });
  expect(await new Browser(subdomain).ask("GET /api/posts/a/presence")).toEqual([200, { count: 1 }]);
  joined.webSocket!.close();
});

test("a site's owner joins a conversation in the site's own name", async () => {
  const [one, other] = [await newSite(), await newSite()];
  const stranger = await newSite();
  const chat = `/api/chat/${other.subdomain}`;

  const history = await stranger.owner.ask(
    `GET /api/chat/${encodeURIComponent(`${one.subdomain}:${other.subdomain}`)}/history?conversationId=x`,
  );
  const joined = await one.owner.send(`GET ${chat}/ws?tenantId=${other.subdomain}`, undefined, upgrade);

  expect(history[0]).toBe(403);
  expect(joined.status).toBe(101);
  joined.webSocket!.accept();
  joined.webSocket!.close();
});

test("nobody looks after another site's export, or ends it", async () => {
  const [one, other] = [await newSite(), await newSite()];
  const [, { id }] = await one.owner.ask("POST /api/exports", {});

  const seen = await other.owner.ask(`GET /api/exports/${id}`);
  await other.owner.ask(`POST /api/exports/${id}/cancel`);
  const aimed = await other.owner.ask(`GET /api/exports/${encodeURIComponent(`../id-${one.subdomain}:${id}`)}`);

  expect([seen, aimed]).toEqual(Array(2).fill([200, { status: "idle" }]));
  expect((await one.owner.ask(`GET /api/exports/${id}`))[1]).toMatchObject({ phase: "querying" });
});

test("nobody ends another's session, nor sees it", async () => {
  const [one, other] = [await newReader(), await newReader()];
  const [, { sessions }] = await one.browser.ask("GET /session/list");

  const ended = await other.browser.ask(`DELETE /session/${sessions[0].id}`);

  expect(ended).toEqual([404, { success: false, error: "Session not found" }]);
  expect((await other.browser.ask("GET /session/list"))[1].sessions).toHaveLength(1);
  expect((await one.browser.ask("GET /api/feed"))[0]).toBe(200);
});

test("a slug that looks like a path is a slug", async () => {
  const { owner } = await newSite();
  const slug = encodeURIComponent("../../admin/config");
  const draft = { content: "x", metadata: { title: "T" }, deviceId: "laptop", font: "lexend" };

  const saved = await owner.ask(`PUT /api/drafts/${slug}`, draft);

  expect(saved[0]).toBe(200);
  expect((await owner.ask("GET /api/drafts"))[1]).toMatchObject([{ slug: "../../admin/config" }]);
  expect((await owner.ask("GET /api/admin/config"))[1]).toMatchObject({ font: "default" });
});

test.for(["a+b", "a:b@c", "it's", "caf%c3%a9", "a%2fcontent%2fhtml", "a%2Fb"])(
  "the slug %s is one, however it is escaped",
  async (slug) => {
    const { owner } = await newSite();

    const written = await owner.ask(`PUT /api/posts/${slug}/content`, { title: "T", htmlContent: "<p>T</p>" });

    expect(written).toMatchObject([200, { content: { slug: decodeURIComponent(slug) } }]);
    expect(await owner.ask(`GET /api/posts/${slug}/content/html`)).toEqual([200, "<p>T</p>"]);
  },
);

test.for(["meta", "readers", "live", "comments", "presence"])(
  "%s of a made-up post is asked of no object",
  async (what) => {
    const { subdomain } = await newSite();
    const unreachable = { getByName: () => expect.unreachable() };
    const browser = new Browser(subdomain, { POSTS: unreachable, POST_META: unreachable });

    expect(await browser.ask(`GET /api/posts/made-up/${what}`)).toEqual([404, { error: "Post not found" }]);
  },
);

test("nobody writes to a made-up post, or joins it", async () => {
  const { subdomain } = await newSite();
  const { browser } = await newReader(subdomain);
  const answers = [
    await browser.ask("POST /api/posts/made-up/comments", { content: "First" }),
    await browser.ask("POST /api/posts/made-up/reactions", { type: "like" }),
    await browser.ask("GET /api/posts/made-up/ws", undefined, upgrade),
  ];

  expect(answers).toEqual(Array(3).fill([404, { error: "Post not found" }]));
});

test("whether there is a post is asked once in a minute, and while nobody can say there is", async () => {
  const { subdomain } = await newSite();
  const asked = vi.fn((name: string) => grove.POST_CONTENT.getByName(name));
  const counting = new Browser(subdomain, { POST_CONTENT: { getByName: asked } });
  for (const _ of Array(3)) await counting.ask("GET /api/posts/a/comments");
  const blind = new Browser(subdomain, { POST_CONTENT: failing });

  expect(asked).toHaveBeenCalledTimes(1);
  expect((await blind.ask("GET /api/posts/hello/comments"))[0]).toBe(200);
});

test("an owner is known however the address is written in D1, and told of what others do", async () => {
  const { subdomain, owner, email } = await newSite();
  const { browser } = await newReader(subdomain);
  const rename = grove.DB.prepare("UPDATE tenants SET email = ? WHERE subdomain = ?");
  await rename.bind(email.toUpperCase(), subdomain).run();

  await browser.ask("POST /api/posts/a/reactions", { type: "like" });
  await browser.ask("POST /api/following", { site: subdomain, action: "follow" });

  expect((await owner.ask("GET /api/drafts"))[0]).toBe(200);
  expect((await owner.ask("GET /api/notifications/unread"))[1]).toEqual({ count: 2 });
  expect((await owner.ask("POST /api/following", { site: subdomain, action: "follow" }))[0]).toBe(400);
});

test("without a secret there are no pseudonyms: a view is counted, and no visitor", async () => {
  const { subdomain } = await newSite();
  await new Browser(subdomain, { SESSION_SECRET: undefined }).ask("GET /posts/a");

  await runDurableObjectAlarm(grove.TENANTS.getByName(`tenant:${subdomain}`));
  const day = grove.ANALYTICS.getByName(`analytics:${subdomain}:${new Date().toISOString().slice(0, 10)}`);

  expect(await day.getStats()).toMatchObject({ totals: { pageViews: 1, uniqueVisitors: 0 } });
});

test("a site without an owner is nobody's, and without MAILBOX_OWNER nobody has a mailbox", async () => {
  const { subdomain, owner } = await newSite();
  await grove.DB.prepare("UPDATE tenants SET email = NULL WHERE subdomain = ?").bind(subdomain).run();
  const browser = new Browser(subdomain, { MAILBOX_OWNER: undefined }, owner);

  expect(await browser.ask("GET /api/drafts")).toEqual([403, { error: "This is not your site" }]);
  expect(await browser.ask("GET /api/mailbox/status")).toEqual([403, { error: "This is not your mailbox" }]);
});
