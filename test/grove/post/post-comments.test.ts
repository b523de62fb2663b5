import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { PostDO } from "../../../examples/grove/objects/post.ts";
import { type NotificationEar, postWorld, sentToD1 } from "../../fixtures/grove/post.ts";
import { objectOf } from "../../support.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { grove } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { addMany, comment, countsOf, during, newPost, now, rowsOf, storedOf, untilAlarm, viewer } from "./posts.ts";

const seconds = 1_000;

beforeAll(prepareDatabase);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now });
  sentToD1.statements = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Post = DurableObjectStub<PostDO>;

const idsOf = async (post: Post, limit?: number) => (await post.getRecentComments(limit)).map(({ id }) => id);

/** Puts so many comments into the buffer, the last of them `now`; the id of the last. */
async function fill(post: Post, count: number): Promise<string> {
  const batch = crypto.randomUUID();
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  const row = `${now} - ${count} + i, '${batch}-' || i, 'user-' || i, 'Hello', NULL`;
  await rowsOf(post, `${numbers} INSERT INTO comments_buffer SELECT ${row} FROM n`);
  return `${batch}-${count}`;
}

test("comments come newest first, with what they answer, trimmed and otherwise as they were written", async () => {
  const { post } = newPost();
  const first = comment({ content: "  <b>First</b> " });
  const second = comment({ userId: "bob", parentId: first.id });
  await post.addComment(first);
  await post.addComment(second);

  await evictDurableObject(post);

  expect(await post.getRecentComments(50)).toEqual([
    { ...second, createdAt: now + 1 },
    { ...first, content: "<b>First</b>", parentId: null, createdAt: now },
  ]);
});

test("thirty seconds after the first, comments go to D1 in one go", async () => {
  const { post, postId } = newPost();
  const [first, second] = [comment(), comment()];
  await post.addComment(first);
  vi.setSystemTime(now + 20 * seconds);
  await post.addComment({ ...second, parentId: first.id });
  expect(await untilAlarm(post)).toBe(10 * seconds);
  expect(await storedOf(postId)).toEqual([]);

  await evictDurableObject(post);
  await runDurableObjectAlarm(post);

  const shared = { tenant_id: "acme", post_id: postId, content: "Well said.", status: "pending" };
  const at = (time: number) => ({ created_at: new Date(time).toISOString(), updated_at: new Date(time).toISOString() });
  expect(await storedOf(postId)).toEqual([
    { ...shared, id: first.id, author_id: "ada", parent_id: null, ...at(now) },
    { ...shared, id: second.id, author_id: "ada", parent_id: first.id, ...at(now + 20 * seconds) },
  ]);
  expect(await untilAlarm(post)).toBeNull();
});

test("a comment costs a row and its id's, and what is known of it in D1 nothing", async () => {
  const { post } = newPost();
  const count = async () => Number((await rowsOf(post, "SELECT total_changes() AS n"))[0]!["n"]);
  await post.addComment(comment());
  await post.flush();
  await post.addComment(comment());
  const before = await count();

  await addMany(post, 20);
  const kept = await count();
  await post.flush();

  // SQLite does not count the rows of an index: D1's mark, the alarm's row and the platform's alarm.
  expect([kept - before, (await count()) - kept]).toEqual([20, 3]);
});

test("a post's id may hold colons", async () => {
  const postId = `a:b:${crypto.randomUUID()}`;
  const post = grove.POSTS.getByName(`post:acme:${postId}`) as unknown as Post;
  await post.addComment(comment());

  await post.flush();

  expect(await storedOf(postId)).toHaveLength(1);
});

test("an object whose name says no post keeps comments and tells why they do not reach D1", async () => {
  const post = grove.POSTS.getByName(crypto.randomUUID()) as unknown as Post;
  await post.addComment(comment());

  expect(await failureOf(post.flush())).toMatchObject({ message: expect.stringContaining("says no post") as unknown });
});

test("the same id is the same comment", async () => {
  const { post, postId } = newPost();
  const given = comment();
  await post.addComment(given);

  await post.addComment({ ...given, content: "Another" });
  await post.flush();
  await post.addComment(given);
  await post.flush();

  expect(await post.getRecentComments(50)).toEqual([{ ...given, parentId: null, createdAt: now }]);
  expect(await storedOf(postId)).toHaveLength(1);
});

test("what only D1 has is among the recent, each comment once", async () => {
  const { post, postId } = newPost();
  const own = comment();
  await post.addComment(own);
  await post.flush();
  const insert = grove.DB.prepare(
    "INSERT INTO comments (id, tenant_id, post_id, author_id, content, created_at, updated_at) VALUES (?,?,?,?,?,?,?)",
  );
  const at = (time: number) => new Date(time).toISOString();
  await grove.DB.batch([
    insert.bind(`old-${postId}`, "acme", postId, "cat", "Old", at(now - 5), at(now - 5)),
    insert.bind(`other-${postId}`, "acme", "another post", "cat", "Other", at(now - 5), at(now - 5)),
  ]);

  expect(await post.getRecentComments(50)).toEqual([
    { ...own, parentId: null, createdAt: now },
    { id: `old-${postId}`, userId: "cat", content: "Old", parentId: null, createdAt: now - 5 },
  ]);
  expect(await idsOf(post, 1)).toEqual([own.id]);
});

test("D1 is asked once a minute, its last answer stands in while it is down, and what comes meanwhile is there", async () => {
  const { post } = newPost("PostOutside");
  capture();
  const [old, late] = [comment(), comment()];
  await post.addComment(old);
  await post.flush();
  await rowsOf(post, "DELETE FROM comments_buffer");
  vi.setSystemTime(now + 1);
  expect(await idsOf(post)).toEqual([old.id]);

  await post.addComment(late);

  expect(await during("isD1Down", () => idsOf(post))).toEqual([late.id, old.id]);
  vi.setSystemTime(now + 61 * seconds);
  expect(await during("isD1Down", () => idsOf(post))).toEqual([late.id, old.id]);
  await evictDurableObject(post);
  expect(await during("isD1Down", () => idsOf(post))).toEqual([late.id]);
});

test("the longest comments reach D1, whatever is in them, in parameters of 2 MB at most", async () => {
  const { post, postId } = newPost("PostOutside");
  await fill(post, 110);
  await rowsOf(post, "UPDATE comments_buffer SET content = replace(printf('%.4000c', 'x'), 'x', char(1))");

  await post.flush();

  expect((await storedOf(postId)).map(({ content }) => String(content).length)).toEqual(Array(110).fill(4_000));
  // Escaped, each of these characters takes six bytes; production refuses what the local D1 takes.
  expect(sentToD1.characters).toBeLessThan(2_000_000);
});

test("fifty comments are recent unless asked otherwise, a hundred at most", async () => {
  const { post } = newPost();
  await fill(post, 120);
  const recent = post.getRecentComments as (limit?: number) => Promise<unknown[]>;

  expect([(await recent()).length, (await recent(1)).length, (await recent(100)).length]).toEqual([50, 1, 100]);
  expect(await failureOf(recent(0))).toMatchObject({ code: "GROVE-LOOM-024" });
  expect(await failureOf(recent(101))).toMatchObject({ code: "GROVE-LOOM-024" });
});

test("while D1 does not answer, the buffer does", async () => {
  const { post } = newPost("PostOutside");
  const { lines } = capture();
  const given = comment();
  await post.addComment(given);

  expect(await during("isD1Down", () => idsOf(post))).toEqual([given.id]);
  expect(lines.map(({ message }) => message)).toContain("D1 did not give a post's comments.");
});

test("flush sends everything, and counts too, and leaves no alarm", async () => {
  const { post, postId } = newPost();
  await post.flush();
  await fill(post, 250);
  await post.addComment(comment());
  await post.toggleReaction("ada", "like");

  await post.flush();

  expect(await storedOf(postId)).toHaveLength(251);
  expect(await untilAlarm(post)).toBeNull();
});

test("flush waits for counts that the alarm is saving just now", async () => {
  const { post } = newPost("PostOutside");
  await post.toggleReaction("ada", "like");
  const order: string[] = [];
  postWorld.isD1Held = true;
  const saved = runDurableObjectAlarm(post);
  await vi.waitFor(() => expect(sentToD1.statements).toBe(1));

  const flushed = post.flush().then(() => order.push("flushed"));
  await post.getPresence();
  order.push("let go");
  postWorld.isD1Held = false;
  await Promise.all([saved, flushed]);

  expect(order).toEqual(["let go", "flushed"]);
});

test("counts in D1 are those of the object, however often they are sent, and those that change meanwhile", async () => {
  const { post, postId } = newPost("PostOutside");
  await post.toggleReaction("ada", "like");
  await post.flush();
  await post.toggleReaction("bob", "like");
  postWorld.isD1Held = true;
  const saved = runDurableObjectAlarm(post);
  await vi.waitFor(() => expect(sentToD1.statements).toBe(2));
  await post.toggleReaction("cat", "like");
  postWorld.isD1Held = false;
  await saved;
  expect(await countsOf(postId)).toMatchObject([{ count: 2 }]);

  await runDurableObjectAlarm(post);

  expect(await countsOf(postId)).toMatchObject([{ count: 3 }]);
});

test("a comment that comes while D1 is asked for others is among them", async () => {
  const { post } = newPost("PostOutside");
  const [first, late] = [comment(), comment()];
  await post.addComment(first);
  postWorld.isD1Held = true;
  const recent = idsOf(post);
  await vi.waitFor(() => expect(sentToD1.statements).toBe(1));

  await post.addComment(late);
  postWorld.isD1Held = false;

  expect(await recent).toEqual([late.id, first.id]);
});

test("an answer that comes twice while D1 is asked what it answers is one comment, told once", async () => {
  const { post } = newPost("PostOutside");
  const parent = comment();
  await post.addComment(parent);
  await post.flush();
  await rowsOf(post, "DELETE FROM comments_buffer");
  const cat = await viewer(post, "cat");
  const reply = comment({ parentId: parent.id });
  postWorld.isD1Held = true;

  const added = [post.addComment(reply), post.addComment(reply)];
  await vi.waitFor(() => expect(sentToD1.statements).toBe(3));
  postWorld.isD1Held = false;
  await Promise.all(added);

  expect(await cat.soFar("ping", (event) => event === "pong")).toMatchObject([{ comment: { id: reply.id } }]);
  expect(await rowsOf(post, "SELECT id FROM comments_buffer")).toEqual([{ id: reply.id }]);
});

test("flush throws while D1 is down, and what waits is kept for the alarm", async () => {
  const { post, postId } = newPost("PostOutside");
  capture();
  await post.addComment(comment());

  expect(await during("isD1Down", () => failureOf(post.flush()))).toBeInstanceOf(Error);
  expect(await untilAlarm(post)).toBe(30 * seconds);
  await runDurableObjectAlarm(post);

  expect(await storedOf(postId)).toHaveLength(1);
});

test("the buffer keeps the newest thousand of those that D1 has", async () => {
  const { post, postId } = newPost();
  const last = await fill(post, 1_100);

  await post.flush();

  expect(await storedOf(postId)).toHaveLength(1_100);
  expect(await rowsOf(post, "SELECT count(*) AS n FROM comments_buffer")).toEqual([{ n: 1_000 }]);
  expect(await idsOf(post, 1)).toEqual([last]);
});

test("of comments that wait for D1 there are 5,000", async () => {
  const { post } = newPost("PostAlone");
  capture();
  await fill(post, 4_999);
  await post.addComment(comment());

  expect(await failureOf(post.addComment(comment({ userId: "bob" })))).toMatchObject({ code: "POST-503", status: 503 });
  expect(await rowsOf(post, "SELECT count(*) AS n FROM comments_buffer")).toEqual([{ n: 5_000 }]);
});

test("a user writes thirty comments a minute, others meanwhile, and an eviction changes nothing", async () => {
  const { post } = newPost();
  await addMany(post, 30);
  await evictDurableObject(post);

  expect(await failureOf(post.addComment(comment()))).toMatchObject({ code: "POST-429", status: 429 });
  await post.addComment(comment({ userId: "bob" }));
  vi.setSystemTime(now + 60 * seconds);
  await post.addComment(comment());
});

test("what answers a comment that nobody knows is refused", async () => {
  const { post } = newPost();

  expect(await failureOf(post.addComment(comment({ parentId: "none" })))).toMatchObject({ code: "POST-400" });
  expect(await post.getRecentComments(50)).toEqual([]);
});

test("a comment that only D1 knows can be answered, unless D1 is down", async () => {
  const { post } = newPost("PostOutside");
  capture();
  const parent = comment();
  await post.addComment(parent);
  await post.flush();
  await rowsOf(post, "DELETE FROM comments_buffer");
  vi.setSystemTime(now + 1);

  const reply = comment({ parentId: parent.id });
  expect(await during("isD1Down", () => failureOf(post.addComment(reply)))).toMatchObject({ code: "POST-503" });
  await post.addComment(reply);

  expect(await idsOf(post)).toEqual([reply.id, parent.id]);
});

test("a comment of another post cannot be answered", async () => {
  const [one, other] = [newPost(), newPost()];
  const parent = comment();
  await one.post.addComment(parent);
  await one.post.flush();

  expect(await failureOf(other.post.addComment(comment({ parentId: parent.id })))).toMatchObject({ code: "POST-400" });
});

test.for([
  ["no id", { id: "" }],
  ["a long id", { id: "x".repeat(129) }],
  ["no user", { userId: "" }],
  ["blank content", { content: " " }],
  ["content over 4,000 characters", { content: "x".repeat(4_001) }],
  ["a NUL in it", { content: "a\0b" }],
  ["half a surrogate pair in it", { content: "a\ud800b" }],
  ["a long parent", { parentId: "x".repeat(129) }],
])("a comment with %s throws a typed error", async ([, fields]) => {
  const { post } = newPost();

  const failure = await failureOf(post.addComment(comment(fields as object)));

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect(await untilAlarm(post)).toBeNull();
});

test("without a database everything works but flush", async () => {
  const { post } = newPost("PostAlone");
  const given = comment();
  await post.addComment(given);
  await post.addComment(comment({ parentId: given.id, userId: "bob" }));
  await post.toggleReaction("ada", "like");

  expect((await idsOf(post)).at(-1)).toBe(given.id);
  expect(await failureOf(post.addComment(comment({ parentId: "none" })))).toMatchObject({ code: "POST-400" });
  expect(await failureOf(post.flush())).toMatchObject({ message: "The binding DB is missing." });
  expect(await post.getReactionCounts()).toEqual({ like: 1 });
});

test("who wrote what is answered is told of it, once, when notifications are there again", async () => {
  const { post } = newPost("PostOutside");
  capture();
  const [author, parent] = [crypto.randomUUID(), crypto.randomUUID()];
  const told = objectOf<NotificationEar>("NotificationEar", `notifications:${author}`);
  await post.addComment(comment({ id: parent, userId: author }));
  const reply = comment({ parentId: parent, userId: "bob" });
  await post.addComment(reply);
  await post.addComment(reply);
  await post.addComment(comment({ parentId: parent, userId: author }));
  await during("areNotificationsDown", () => runDurableObjectAlarm(post));
  expect(await told.told()).toEqual([]);

  vi.setSystemTime(now + 10 * seconds);
  await runDurableObjectAlarm(post);
  await runDurableObjectAlarm(post);

  expect(await told.told()).toEqual([
    {
      ...{ type: "comment", actorId: "bob", targetType: "comment", targetId: parent },
      dedupeKey: `comment:${reply.id}`,
    },
  ]);
});
