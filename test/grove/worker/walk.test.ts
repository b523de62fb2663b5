import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";
import { Browser, drainQueue, newReader, newSite, queue } from "./browser.ts";

const hello = {
  title: "Hello",
  description: "A first post",
  markdownContent: "# Hello you",
  htmlContent: "<h1>Hello</h1>",
};

beforeAll(prepareDatabase);
afterEach(() => {
  queue.length = 0;
  vi.useRealTimers();
});

test("a draft goes from one device to the other, and what another saved since is not overwritten", async () => {
  const { owner } = await newSite();
  const draft = (content: string, deviceId: string, seen?: number) => ({
    ...{ content, metadata: { title: "A tale" }, deviceId, ...(seen !== undefined && { lastSaved: seen }) },
  });

  const [, { lastSaved }] = await owner.ask("PUT /api/drafts/a%2Fb", draft("Once", "laptop"));
  const [, read] = await owner.ask("GET /api/admin/drafts/a%2Fb");
  await owner.ask("PUT /api/drafts/a%2Fb", draft("Once upon", "phone", lastSaved));
  const conflict = await owner.ask("PUT /api/drafts/a%2Fb", draft("Twice", "laptop", lastSaved));

  expect(read).toMatchObject({ slug: "a/b", content: "Once", deviceId: "laptop" });
  expect(conflict).toEqual([409, "Draft changed elsewhere"]);
  expect((await owner.ask("GET /api/drafts"))[1]).toMatchObject([{ slug: "a/b", deviceId: "phone" }]);
});

test("a post is written by its owner alone, and read by all", async () => {
  const { subdomain, owner } = await newSite();

  const written = await owner.ask("PUT /api/posts/hello/content", { ...hello, tenantId: "another", slug: "another" });
  const page = await new Browser(subdomain).send("GET /posts/hello");

  expect(written).toMatchObject([200, { content: { tenantId: subdomain, slug: "hello" } }]);
  expect([page.status, page.headers.get("Content-Type"), await page.text()]).toEqual([
    200,
    "text/html",
    "<h1>Hello</h1>",
  ]);
  expect((await new Browser(subdomain).ask("GET /posts/other"))[0]).toBe(404);
  expect((await new Browser(subdomain).ask("GET /api/posts/hello/content"))[1]).toMatchObject({ title: "Hello" });
});

test("a view counts with the post, and with the site's day once the site hands on what it has", async () => {
  const { subdomain, owner } = await newSite();
  await owner.ask("PUT /api/posts/hello/content", hello);
  await new Browser(subdomain).ask("GET /posts/hello");
  await new Browser(subdomain).send("GET /posts/hello", undefined, { "CF-Connecting-IP": "198.51.100.7" });

  await runDurableObjectAlarm(grove.TENANTS.getByName(`tenant:${subdomain}`));
  const day = grove.ANALYTICS.getByName(`analytics:${subdomain}:${new Date().toISOString().slice(0, 10)}`);
  const meta = await owner.ask("GET /api/posts/hello/meta");

  expect(meta).toMatchObject([200, { viewCount: 2 }]);
  expect(await day.getStats()).toMatchObject({
    totals: { pageViews: 2, uniqueVisitors: 2 },
    topPages: [{ path: "/posts/hello", views: 2, uniqueViews: 2 }],
  });
});

test("what somebody likes or says of a post its owner is told, in the name of who is signed in", async () => {
  const { subdomain, owner } = await newSite();
  await owner.ask("PUT /api/posts/hello/content", hello);
  const { browser, id } = await newReader(subdomain);

  const liked = await browser.ask("POST /api/posts/hello/reactions", { type: "like" });
  const said = await browser.ask("POST /api/posts/hello/comments", {
    content: "Fine",
    userId: "somebody else",
    id: "x",
  });
  const [, { notifications }] = await owner.ask("GET /api/notifications");

  expect(liked).toEqual([200, { added: true, newCount: 1 }]);
  expect(said).toMatchObject([201, { comment: { userId: id, content: "Fine" } }]);
  expect(
    notifications.map(({ type, actorId }: { type: string; actorId: string }) => [type, actorId]).toSorted(),
  ).toEqual([
    ["comment", id],
    ["reaction", id],
  ]);
  expect(await owner.ask("GET /api/posts/hello/reactions")).toEqual([200, { like: 1 }]);
});

test("a reaction taken back tells nobody, and one that is none is refused in words", async () => {
  const { subdomain, owner } = await newSite();
  const { browser } = await newReader(subdomain);
  await browser.ask("POST /api/posts/hello/reactions", { type: "like" });

  const back = await browser.ask("POST /api/posts/hello/reactions", { type: "like" });
  const wrong = await browser.ask("POST /api/posts/hello/reactions", { type: "LIKE!" });

  expect(back).toEqual([200, { added: false, newCount: 0 }]);
  expect([wrong[0], Object.keys(wrong[1])]).toEqual([400, ["error"]]);
  expect(await browser.ask("POST /api/posts/hello/reactions", {})).toEqual([400, { error: "type is required" }]);
  expect((await owner.ask("GET /api/notifications/unread"))[1]).toEqual({ count: 1 });
});

test("what is published comes into the feeds of who follows the site, once, however often the queue brings it", async () => {
  const { subdomain, owner, ownerId } = await newSite();
  const { browser, id } = await newReader(subdomain);
  const followed = await browser.ask("POST /api/following", { site: subdomain, action: "follow" });
  await owner.ask("PUT /api/posts/hello/content", { ...hello, publishedAt: Date.UTC(2026, 0, 2), tags: ["moss"] });
  queue.push(...queue);

  await drainQueue();
  const [, { items }] = await browser.ask("GET /api/feed");
  const [, { notifications }] = await owner.ask("GET /api/notifications");
  const inD1 = await grove.DB.prepare("SELECT word_count FROM posts WHERE id = ?")
    .bind(`id-${subdomain}:hello`)
    .first();

  expect(followed).toEqual([200, { success: true }]);
  expect(items).toMatchObject([{ postId: `${subdomain}/hello`, preview: { title: "Hello", authorName: "A site" } }]);
  expect(notifications).toMatchObject([{ type: "follow", actorId: id, targetId: ownerId }]);
  expect(inD1).toEqual({ word_count: 3 });
});

test("a long post is told of in few words, and is in D1 whole, also after it was changed", async () => {
  const { subdomain, owner } = await newSite();
  const inD1 = () =>
    grove.DB.prepare("SELECT title, length(markdown_content) AS length FROM posts WHERE id = ?")
      .bind(`id-${subdomain}:hello`)
      .first();
  await owner.ask("PUT /api/posts/hello/content", { ...hello, publishedAt: 1, markdownContent: "ü".repeat(100_000) });
  const sent = JSON.stringify(queue);
  await drainQueue();
  const first = await inD1();

  await owner.ask("PATCH /api/posts/hello/content", { title: "Hello again" });
  await drainQueue();

  expect(sent.length).toBeLessThan(1_000);
  expect([first, await inD1()]).toEqual([
    { title: "Hello", length: 100_000 },
    { title: "Hello again", length: 100_000 },
  ]);
});

test("a draft of a post is on its way to nobody", async () => {
  const { owner } = await newSite();

  await owner.ask("PUT /api/posts/hello/content", hello);

  expect(queue).toEqual([]);
});

test.for<[object, number]>([
  [{}, 400],
  [{ site: "willow", action: "like" }, 400],
  [{ site: "nobody's", action: "follow" }, 404],
])("following with %j is a %i", async ([body, status]) => {
  const { browser } = await newReader();

  expect((await browser.ask("POST /api/following", body))[0]).toBe(status);
});

test("nobody follows their own site", async () => {
  const { owner, subdomain } = await newSite();

  expect((await owner.ask("POST /api/following", { site: subdomain, action: "follow" }))[0]).toBe(400);
});

test("who unfollows has the site's posts out of the feed", async () => {
  const { subdomain, owner } = await newSite();
  const { browser } = await newReader();
  await browser.ask("POST /api/following", { site: subdomain, action: "follow" });
  await owner.ask("PUT /api/posts/hello/content", { ...hello, publishedAt: 1 });
  await drainQueue();

  await browser.ask("POST /api/following", { site: subdomain, action: "unfollow" });
  await browser.ask("POST /api/feed/rebuild");

  expect((await browser.ask("GET /api/feed"))[1]).toEqual({ items: [] });
});

test("an export is begun, looked after and cancelled by the owner", async () => {
  const { owner } = await newSite();

  const [status, { id, ...begun }] = await owner.ask("POST /api/exports", { deliveryMethod: "download" });
  const [, running] = await owner.ask(`GET /api/exports/${id}`);
  const cancelled = await owner.ask(`POST /api/exports/${id}/cancel`);

  expect([status, begun]).toEqual([202, { success: true, phase: "querying" }]);
  expect(running).toMatchObject({ exportId: id, phase: "querying" });
  expect(cancelled).toEqual([200, { success: true, status: "cancelled" }]);
  expect((await owner.ask("POST /api/exports", { deliveryMethod: "pigeon" }))[0]).toBe(400);
});

test("two sites talk, each in its own name", async () => {
  const [one, other] = [await newSite(), await newSite()];
  const [, { id }] = await one.owner.ask(`POST /api/chat/${other.subdomain}`);
  const [, { id: same }] = await other.owner.ask(`POST /api/chat/${one.subdomain}`);

  const sent = await one.owner.ask(`POST /api/chat/${other.subdomain}/send`, {
    ...{ conversationId: id, content: "Hello", senderId: other.subdomain, alreadyPersisted: true, messageId: "m" },
  });
  const [, { messages }] = await other.owner.ask(
    `GET /api/chat/${one.subdomain}/history?conversationId=${id}&tenantId=x`,
  );

  expect(same).toBe(id);
  expect(sent[0]).toBe(200);
  expect(messages).toMatchObject([{ sender_id: one.subdomain, content: "Hello" }]);
  expect((await one.owner.ask("POST /api/chat/nobody"))[0]).toBe(404);
  expect((await one.owner.ask(`POST /api/chat/${one.subdomain}`))[0]).toBe(400);
});

test("the admin panel is the site's own object's", async () => {
  const { owner } = await newSite();

  const answers = [
    await owner.ask("PUT /api/admin/config", { font: "lexend" }),
    await owner.ask("GET /api/admin/config"),
    await owner.ask("GET /api/admin/stats"),
  ];

  expect(answers).toMatchObject([
    [200, { success: true }],
    [200, { font: "lexend" }],
    [200, { postCount: 0 }],
  ]);
});
