import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { PostDO } from "../../../examples/grove/objects/post.ts";
import { postWorld } from "../../fixtures/grove/post.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { comment, countsOf, during, newPost, now, rowsOf, storedOf, untilAlarm, viewer } from "./posts.ts";

// The faults of the design and of the shipped cousin, by their numbers on the page.

const minute = 60_000;

type Post = DurableObjectStub<PostDO>;

const addComment = (post: Post) => post.addComment(comment());
const toggleLike = (post: Post) => post.toggleReaction("ada", "like");

/** Has the object's alarm run once an hour. */
async function runHourly(post: Post, times: number): Promise<void> {
  for (let hours = 1; hours <= times; hours += 1) {
    await runDurableObjectAlarm(post);
    vi.setSystemTime(now + hours * 60 * minute);
  }
}

beforeAll(prepareDatabase);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("1: a user has several sockets, and each hears after an eviction", async () => {
  const { post } = newPost();
  const [one, other] = [await viewer(post, "ada"), await viewer(post, "ada")];
  await one.next();
  await evictDurableObject(post);

  await post.toggleReaction("bob", "like");

  const told = { type: "reaction", reactionType: "like", count: 1 };
  expect([await one.next(), await other.next()]).toEqual([told, told]);
});

test("2: who was here when the object died without a word is not here any more", async () => {
  const { post } = newPost();
  await viewer(post, "ada");
  await viewer(post, "bob");

  // What a process that ends leaves of its sockets: nothing, and no close event.
  await runInDurableObject(post, (_object, ctx) => {
    for (const socket of ctx.getWebSockets()) socket.close(1001);
  });
  await evictDurableObject(post);

  expect(await post.getPresence()).toEqual({ count: 0, viewers: [] });
});

test("3: a comment that was acknowledged is there after an eviction", async () => {
  const { post, postId } = newPost();
  const given = comment();
  await post.addComment(given);

  await evictDurableObject(post);

  expect(await post.getRecentComments(50)).toMatchObject([{ id: given.id }]);
  await runDurableObjectAlarm(post);
  expect(await storedOf(postId)).toMatchObject([{ id: given.id }]);
});

test.for([
  ["comments first", addComment, toggleLike],
  ["reactions first", toggleLike, addComment],
] as const)("4: two periods share one alarm: %s", async ([, first, second]) => {
  const { post, postId } = newPost();
  await first(post);
  await second(post);
  expect(await untilAlarm(post)).toBe(30_000);

  vi.setSystemTime(now + 30_000);
  await runDurableObjectAlarm(post);
  expect([(await storedOf(postId)).length, (await countsOf(postId)).length]).toEqual([1, 0]);
  expect(await untilAlarm(post)).toBe(4.5 * minute);
  vi.setSystemTime(now + 5 * minute);
  await runDurableObjectAlarm(post);

  expect(await countsOf(postId)).toMatchObject([{ reaction_type: "like", count: 1 }]);
  expect(await untilAlarm(post)).toBeNull();
});

test("5: a first reaction can be added, and its row and its count are one change", async () => {
  const { post } = newPost();
  capture();
  expect(await post.toggleReaction("ada", "like")).toEqual({ added: true, newCount: 1 });
  const broken = "BEFORE UPDATE ON reaction_counts BEGIN SELECT RAISE(ABORT, 'broken'); END";
  await rowsOf(post, `CREATE TRIGGER broken ${broken}`);

  const failures = [
    await failureOf(post.toggleReaction("bob", "like")),
    await failureOf(post.toggleReaction("ada", "like")),
  ];
  await rowsOf(post, "DROP TRIGGER broken");

  expect(failures).toMatchObject([{ code: "GROVE-LOOM-041" }, { code: "GROVE-LOOM-041" }]);
  expect(await rowsOf(post, "SELECT user_id FROM reactions")).toEqual([{ user_id: "ada" }]);
  expect(await post.getReactionCounts()).toEqual({ like: 1 });
});

test("6: a crash between D1 and the mark doubles nothing", async () => {
  const { post, postId } = newPost();
  await post.addComment(comment());
  await post.flush();

  await rowsOf(post, "DELETE FROM kv_store");
  await post.flush();

  expect(await storedOf(postId)).toHaveLength(1);
});

test("6: a comment that arrives while D1 takes others is not marked with them", async () => {
  const { post, postId } = newPost("PostOutside");
  const [first, late] = [comment(), comment()];
  await post.addComment(first);
  postWorld.isD1Held = true;
  const flushed = runDurableObjectAlarm(post);
  await vi.waitFor(async () => expect(await storedOf(postId)).toHaveLength(1));
  await post.addComment(late);
  postWorld.isD1Held = false;
  await flushed;

  expect((await storedOf(postId)).map(({ id }) => id)).toEqual([first.id, late.id]);
});

test("7: comments go on to be tried, however often D1 fails", async () => {
  const { post, postId } = newPost("PostOutside");
  capture();
  await post.addComment(comment());

  await during("isD1Down", () => runHourly(post, 10));
  await evictDurableObject(post);
  await runDurableObjectAlarm(post);

  expect(await storedOf(postId)).toHaveLength(1);
});
