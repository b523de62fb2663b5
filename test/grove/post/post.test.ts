import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { capture } from "../../support/log.ts";
import { failureOf } from "../../support/failure.ts";
import { type Answer, ask, data, json, notJson, says } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { addMany, comment, countsOf, during, newPost, now, rowsOf, untilAlarm } from "./posts.ts";

const minute = 60_000;
const wrong = (error: string) => json({ error }, 400);

beforeAll(prepareDatabase);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a reaction is toggled for each user and each kind", async () => {
  const { post } = newPost();

  expect(await post.toggleReaction("ada", "like")).toEqual({ added: true, newCount: 1 });
  expect(await post.toggleReaction("bob", "like")).toEqual({ added: true, newCount: 2 });
  expect(await post.toggleReaction("ada", "love")).toEqual({ added: true, newCount: 1 });
  expect(await post.toggleReaction("ada", "like")).toEqual({ added: false, newCount: 1 });
  expect(await post.toggleReaction("bob", "like")).toEqual({ added: false, newCount: 0 });
});

test("counts leave out what nobody has, and survive an eviction", async () => {
  const { post } = newPost();
  expect(await post.getReactionCounts()).toEqual({});
  await post.toggleReaction("ada", "like");
  await post.toggleReaction("ada", "love");
  await post.toggleReaction("ada", "love");
  await post.toggleReaction("ada", "__proto__");

  await evictDurableObject(post);

  expect(Object.entries(await post.getReactionCounts())).toEqual([
    ["__proto__", 1],
    ["like", 1],
  ]);
});

test("as many toggles as come at once are each counted", async () => {
  const { post } = newPost();
  const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);

  await Promise.all(users.map((user) => post.toggleReaction(user, "like")));

  expect(await post.getReactionCounts()).toEqual({ like: 20 });
});

test("a post has twenty kinds of reactions, and no more", async () => {
  const { post } = newPost();
  const kinds = Array.from({ length: 20 }, (_, index) => "a".repeat(index + 1));
  await Promise.all(kinds.map((kind) => post.toggleReaction("ada", kind)));

  expect(await failureOf(post.toggleReaction("ada", "like"))).toMatchObject({ code: "POST-400", status: 400 });
  expect(await post.toggleReaction("bob", "a")).toEqual({ added: true, newCount: 2 });
  expect(await rowsOf(post, "SELECT count(*) AS n FROM reactions")).toEqual([{ n: 21 }]);
});

test.for<[string, unknown[]]>([
  ["no user", ["", "like"]],
  ["a long user", ["x".repeat(129), "like"]],
  ["a user that is no text", [7, "like"]],
  ["no kind", ["ada", ""]],
  ["a kind in capitals", ["ada", "Like"]],
  ["a kind of 33 letters", ["ada", "x".repeat(33)]],
  ["one argument too many", ["ada", "like", "more"]],
])("a toggle with %s throws a typed error and changes nothing", async ([, args]) => {
  const { post } = newPost();
  const toggle = post.toggleReaction as (...given: unknown[]) => Promise<unknown>;

  expect(await failureOf(toggle(...args))).toMatchObject({ name: "LoomError", code: "GROVE-LOOM-024", status: 400 });
  expect(await rowsOf(post, "SELECT * FROM reactions")).toEqual([]);
  expect(await untilAlarm(post)).toBeNull();
});

test("a user of 128 characters and a kind of 32 letters are taken", async () => {
  expect(await newPost().post.toggleReaction("x".repeat(128), "y".repeat(32))).toMatchObject({ added: true });
});

test("counts reach D1 five minutes after the first change, as they are then, zeros too", async () => {
  const { post, postId } = newPost();
  await post.toggleReaction("ada", "like");
  vi.setSystemTime(now + minute);
  await post.toggleReaction("bob", "like");
  await post.toggleReaction("ada", "love");
  await post.toggleReaction("ada", "love");
  expect(await untilAlarm(post)).toBe(4 * minute);

  vi.setSystemTime(now + 5 * minute);
  await evictDurableObject(post);
  await runDurableObjectAlarm(post);

  expect(await countsOf(postId)).toEqual([
    { reaction_type: "like", count: 2, updated_at: now + 5 * minute },
    { reaction_type: "love", count: 0, updated_at: now + 5 * minute },
  ]);
  expect(await untilAlarm(post)).toBeNull();
});

test("counts that D1 refused are tried again", async () => {
  const { post, postId } = newPost("PostOutside");
  capture();
  await post.toggleReaction("ada", "like");
  await during("isD1Down", () => runDurableObjectAlarm(post));
  expect(await untilAlarm(post)).toBeGreaterThan(0);

  vi.setSystemTime(now + 10 * minute);
  await runDurableObjectAlarm(post);

  expect(await countsOf(postId)).toMatchObject([{ reaction_type: "like", count: 1 }]);
});

test("HTTP does what RPC does", async () => {
  const { post } = newPost();
  const { id, userId, content } = comment();
  const kept = { id, userId, content, parentId: null, createdAt: now };

  expect(await ask(post, "POST /reactions/toggle", { userId: "ada", reactionType: "like" })).toEqual(
    json({ added: true, newCount: 1 }),
  );
  expect(await ask(post, "GET /reactions")).toEqual(json({ like: 1 }));
  expect(await ask(post, "POST /comments", { id, userId, content })).toEqual(
    json({ success: true, comment: kept }, 201),
  );
  expect(await ask(post, "GET /comments")).toEqual(json([kept]));
  expect(await ask(post, "GET /presence")).toEqual(json({ count: 0, viewers: [] }));
  expect(await ask(post, "GET /ws?userId=ada")).toEqual(says(426, "Expected WebSocket"));
});

test("a comment that brings no id is given one", async () => {
  const answer = await ask(newPost().post, "POST /comments", { userId: "ada", content: "Hello" });

  const made = data<{ comment: { id: string } }>(answer);
  expect(made.comment.id).toMatch(/^[\da-f-]{36}$/);
});

test.for<[string, string, unknown, Answer]>([
  ["no JSON", "POST /comments", "{", notJson],
  ["no object", "POST /comments", [], notJson],
  ["null", "POST /reactions/toggle", "null", notJson],
  ["no user", "POST /comments", { content: "Hello" }, wrong("userId is required")],
  ["null for a user", "POST /comments", { userId: null, content: "Hello" }, wrong("userId is required")],
  ["a user that is no text", "POST /comments", { userId: 7, content: "Hello" }, wrong("userId is invalid")],
  ["a long user", "POST /comments", { userId: "x".repeat(129), content: "Hello" }, wrong("userId is invalid")],
  ["an empty id", "POST /comments", { id: "", userId: "ada", content: "Hello" }, wrong("id is required")],
  ["no content", "POST /comments", { userId: "ada" }, wrong("content is required")],
  ["blank content", "POST /comments", { userId: "ada", content: " \n" }, wrong("content is required")],
  ["no kind", "POST /reactions/toggle", { userId: "ada" }, wrong("reactionType is required")],
  ["a wrong kind", "POST /reactions/toggle", { userId: "ada", reactionType: "1" }, wrong("reactionType is invalid")],
  ["a limit of 0", "GET /comments?limit=0", undefined, wrong("limit is invalid")],
  ["a limit of 101", "GET /comments?limit=101", undefined, wrong("limit is invalid")],
  ["a limit that is no number", "GET /comments?limit=all", undefined, wrong("limit is invalid")],
  ["half a limit", "GET /comments?limit=1.5", undefined, wrong("limit is invalid")],
])("%s is refused and stores nothing: %s", async ([, line, body, answer]) => {
  const { post } = newPost();

  expect(await ask(post, line, body)).toEqual(answer);
  expect(await rowsOf(post, "SELECT id FROM comments_buffer UNION SELECT user_id FROM reactions")).toEqual([]);
});

const refused = (status: number, text: string) =>
  json({ error: `POST-${status}`, error_code: `POST-${status}`, error_description: text }, status);

test("what is no matter of form has its code over HTTP, too", async () => {
  const { post } = newPost();
  const send = (fields: object) => ask(post, "POST /comments", { userId: "ada", content: "Hello", ...fields });
  await addMany(post, 30);
  const kinds = Array.from({ length: 20 }, (_, index) => "a".repeat(index + 1));
  await Promise.all(kinds.map((kind) => post.toggleReaction("ada", kind)));

  expect(await send({ parentId: "none" })).toEqual(refused(400, "The comment that this one answers is not known."));
  expect(await send({})).toEqual(refused(429, "Too many comments. Please wait a minute."));
  expect(await ask(post, "POST /reactions/toggle", { userId: "ada", reactionType: "like" })).toEqual(
    refused(400, "This post has as many kinds of reactions as it may have."),
  );
});

test("content over 4,000 characters is too long, after trimming", async () => {
  const { post } = newPost();
  const send = (content: string) => ask(post, "POST /comments", { userId: "ada", content });

  expect((await send(` ${"x".repeat(4_000)} `))[0]).toBe(201);
  expect(await send("x".repeat(4_001))).toEqual(refused(413, "The message is too long."));
});
