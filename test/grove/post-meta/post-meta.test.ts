import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Answer, ask, grove, json, noRoute, notJson, says, send } from "../support/grove.ts";
import { already, madePost, metaOf, newPost, now, reacted, unmade, unmadeToRead } from "./metas.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => void vi.useRealTimers());

const made = {
  ...{ tenantId: "acme", slug: "hello", tier: "oak", viewCount: 0 },
  ...{ reactions: { likes: 0, bookmarks: 0 }, lastViewed: now, isPopular: false },
};
const missing = says(400, "Missing tenantId or slug");

test("a post is made with nothing counted, and is there after an eviction", async () => {
  const post = newPost();

  const answer = await ask(post, "POST /meta/init", { tenantId: "acme", slug: "hello", tier: "oak" });
  await evictDurableObject(post);

  expect(answer).toEqual(json({ success: true, meta: made }));
  expect(await ask(post, "GET /meta")).toEqual(json(made));
});

test("a post without a tier has no key for it", async () => {
  const post = newPost();
  const { tier: _none, ...rest } = made;

  const answer = await ask(post, "POST /meta/init", { tenantId: "acme", slug: "hello" });

  expect(answer).toEqual(json({ success: true, meta: rest }));
});

test("making it again changes nothing but the tier", async () => {
  const post = await madePost();
  await ask(post, "POST /view", { sessionId: "a" });
  vi.setSystemTime(now + 1_000);

  const same = await ask(post, "POST /meta/init", { tenantId: "other", slug: "other" });
  const other = await ask(post, "POST /meta/init", { tenantId: "other", slug: "other", tier: "oak" });

  const { tier: _none, ...rest } = made;
  expect(same).toEqual(json({ success: true, meta: { ...rest, viewCount: 1 } }));
  expect(other).toEqual(json({ success: true, meta: { ...made, viewCount: 1 } }));
});

test.for<[string, unknown, Answer]>([
  ["no JSON", "{", notJson],
  ["no body", undefined, notJson],
  ["null", null, notJson],
  ["a list", [], notJson],
  ["no tenant", { slug: "hello" }, missing],
  ["an empty tenant", { tenantId: "", slug: "hello" }, missing],
  ["a tenant that is no text", { tenantId: 1, slug: "hello" }, missing],
  ["no slug", { tenantId: "acme" }, missing],
  ["no slug and a wrong tier", { tenantId: "acme", tier: "nope" }, missing],
  ["a long tenant", { tenantId: "x".repeat(201), slug: "hello" }, says(400, "Invalid field: tenantId")],
  ["a long slug", { tenantId: "acme", slug: "x".repeat(201) }, says(400, "Invalid field: slug")],
  ["an empty tier", { tenantId: "acme", slug: "hello", tier: "" }, says(400, "Invalid tier")],
  ["an inherited tier", { tenantId: "acme", slug: "hello", tier: "constructor" }, says(400, "Invalid tier")],
  ["null for a tier", { tenantId: "acme", slug: "hello", tier: null }, says(400, "Invalid tier")],
])("%s makes no post", async ([, body, answer]) => {
  const post = newPost();

  expect(await ask(post, "POST /meta/init", body)).toEqual(answer);
  expect(await ask(post, "GET /meta")).toEqual(unmadeToRead);
});

test("a tenant and a slug of 200 characters are taken", async () => {
  const body = { tenantId: "x".repeat(200), slug: "y".repeat(200) };

  expect((await ask(newPost(), "POST /meta/init", body))[0]).toBe(200);
});

test.for<[string, unknown, Answer]>([
  ["GET /meta", undefined, unmadeToRead],
  ["GET /reactions", undefined, unmadeToRead],
  ["POST /view", { sessionId: "a" }, unmade],
  ["POST /reactions", { type: "like" }, unmade],
  ["POST /reactions", { type: "nope" }, unmade],
  ["DELETE /reactions", { type: "like" }, unmade],
  ["GET /presence", undefined, json({ activeReaders: 0, lastActivity: 0 })],
])("%s before the post is made", async ([line, body, answer]) => {
  expect(await ask(newPost(), line, body)).toEqual(answer);
});

test.for<[string, unknown, Answer]>([
  ["POST /view", "{", notJson],
  ["POST /view", [], notJson],
  ["POST /view", { sessionId: "" }, says(400, "Invalid field: sessionId")],
  ["POST /view", { sessionId: 7 }, says(400, "Invalid field: sessionId")],
  ["POST /view", { sessionId: null }, says(400, "Invalid field: sessionId")],
  ["POST /view", { sessionId: "x".repeat(129) }, says(400, "Invalid field: sessionId")],
  ["POST /reactions", "", notJson],
  ["POST /reactions", "null", notJson],
  ["POST /reactions", {}, says(400, "Invalid reaction type")],
  ["POST /reactions", { type: "love" }, says(400, "Invalid reaction type")],
  ["POST /reactions", { type: "like", userId: "" }, says(400, "Invalid field: userId")],
  ["POST /reactions", { type: "like", userId: "x".repeat(129) }, says(400, "Invalid field: userId")],
  ["DELETE /reactions", { type: ["like"] }, says(400, "Invalid reaction type")],
  ["DELETE /reactions", "7", notJson],
])("%s with %j is refused and counts nothing", async ([line, body, answer]) => {
  const post = await madePost("oak");

  expect(await ask(post, line, body)).toEqual(answer);
  expect(await metaOf(post)).toEqual(made);
});

test("a session and a user of 128 characters are taken", async () => {
  const post = await madePost();
  const name = "x".repeat(128);

  expect(await ask(post, "POST /view", { sessionId: name })).toEqual(json({ success: true, viewCount: 1 }));
  expect(await ask(post, "POST /reactions", { type: "like", userId: name })).toEqual(reacted(1, 0));
});

test("reactions are counted by kind, once a user", async () => {
  const post = await madePost();
  const like = { type: "like", userId: "ada", action: "add", timestamp: 7 };

  expect(await ask(post, "POST /reactions", like)).toEqual(reacted(1, 0));
  expect(await ask(post, "POST /reactions", like)).toEqual(already(1, 0));
  expect(await ask(post, "POST /reactions", { type: "bookmark", userId: "ada" })).toEqual(reacted(1, 1));
  expect(await ask(post, "POST /reactions", { type: "like", userId: "bob" })).toEqual(reacted(2, 1));
  expect(await ask(post, "DELETE /reactions", like)).toEqual(reacted(1, 1));
  expect(await ask(post, "POST /reactions", like)).toEqual(reacted(2, 1));
  await evictDurableObject(post);
  expect(await ask(post, "GET /reactions")).toEqual(json({ likes: 2, bookmarks: 1 }));
});

test("who reacts without a name is one and the same", async () => {
  const post = await madePost();

  expect(await ask(post, "POST /reactions", { type: "like" })).toEqual(reacted(1, 0));
  expect(await ask(post, "POST /reactions", { type: "like", userId: "anonymous" })).toEqual(already(1, 0));
  expect(await ask(post, "DELETE /reactions", { type: "like" })).toEqual(reacted(0, 0));
});

test("a missing database makes no difference", async () => {
  const post = grove["PostMetaWithoutDatabase"]!.getByName(`post:acme:${crypto.randomUUID()}`);
  await ask(post, "POST /meta/init", { tenantId: "acme", slug: "hello", tier: "oak" });

  expect(await ask(post, "POST /view", { sessionId: "ada" })).toEqual(json({ success: true, viewCount: 1 }));
  expect(await ask(post, "POST /reactions", { type: "like", userId: "ada" })).toEqual(reacted(1, 0));
  await runDurableObjectAlarm(post);
  expect(await metaOf(post)).toEqual({ ...made, viewCount: 1, reactions: { likes: 1, bookmarks: 0 } });
});

test("an unknown path is a 404, another method a 405 that says which are allowed", async () => {
  const post = newPost();

  const response = await send(post, "DELETE /meta");

  expect(await ask(post, "GET /nothing")).toEqual(noRoute);
  expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});
