import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { source } from "../../fixtures/grove/feed.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json } from "../support/grove.ts";
import {
  alarmOf,
  at,
  countIn,
  feedOf,
  followInD1,
  hour,
  idsOf,
  newFeed,
  onlyItem,
  post,
  postInD1,
  rowsIn,
  start,
} from "./feeds.ts";

const seconds = 1_000;

beforeAll(prepareDatabase);
afterEach(() => {
  Object.assign(source, { isDown: false, held: undefined, reads: 0 });
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A reader that D1 says follows an author of one post, of now. */
async function readerInD1(binding?: string) {
  const reader = newFeed(binding);
  const author = crypto.randomUUID();
  await followInD1(reader.userId, author);
  return { ...reader, author, postId: await postInD1(author) };
}

/** Holds D1's answers until it is released. */
function hold() {
  const gate = Promise.withResolvers<void>();
  source.held = gate.promise;
  return gate.resolve;
}

test("7: a feed is built from what D1 says the reader follows, its seconds made milliseconds", async () => {
  const { feed, author, postId } = await readerInD1();

  expect(await ask(feed, "POST /rebuild")).toEqual(json({ success: true }));

  expect(await onlyItem(feed)).toEqual({
    ...{ postId, tenantId: author, authorId: author, createdAt: start, score: start / hour + 2 },
    preview: {
      ...{ title: "Moss", excerpt: "It is green.", authorName: "Willow" },
      ...{ createdAt: start, reactionCounts: { like: 3 } },
    },
    reactionCounts: { like: 3 },
  });
  expect(await countIn(feed, "following")).toBe(1);
});

test("what D1 does not have any more goes, and who it says is not followed", async () => {
  const { feed, postId } = await readerInD1();
  await feed.updateFollowing("willow", "follow");
  await feed.addToFeed(post("gone"));
  at(1);

  await feed.rebuildFeed();

  expect(await idsOf(feed)).toEqual([postId]);
});

test("a score that D1 has counts, and 0 is none", async () => {
  const { feed, author } = await readerInD1();
  const boosted = await postInD1(author, start / 1000 - 3600, 1e9);

  await feed.rebuildFeed();

  expect((await idsOf(feed, "relevance"))[0]).toBe(boosted);
});

test("the five hundred newest are taken", async () => {
  const { feed, author, postId } = await readerInD1();
  const older = `INSERT INTO meadow_posts (id, tenant_id, title, published_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    SELECT ?1 || printf('-%03d', i), ?1, 'Moss', ?2 - i FROM n`;
  await grove.DB.prepare(older)
    .bind(author, start / 1000)
    .run();

  await feed.rebuildFeed();

  expect(await countIn(feed)).toBe(500);
  expect((await idsOf(feed)).slice(0, 2)).toEqual([postId, `${author}-001`]);
  expect(await rowsIn(feed, "SELECT max(post_id) AS last FROM feed_items WHERE post_id LIKE ?", `${author}-%`)).toEqual(
    [{ last: `${author}-499` }],
  );
});

test("a rebuild that changes nothing writes no row", async () => {
  const { feed } = await readerInD1();
  await feed.rebuildFeed();
  const written = () => rowsIn(feed, "SELECT total_changes() AS n");
  const [item, before] = [await onlyItem(feed), await written()];
  at(hour);

  await feed.rebuildFeed();

  expect([await onlyItem(feed), await written()]).toEqual([item, before]);
});

test("2: while D1 is away the feed stays as it was, and is built once D1 is back", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { feed, postId } = await readerInD1("FeedOnSlowD1");
  await feed.updateFollowing("willow", "follow");
  await feed.addToFeed(post("kept"));
  source.isDown = true;
  at(10 * seconds);
  await runDurableObjectAlarm(feed);
  const [whileAway, due] = [await idsOf(feed), await alarmOf(feed)];
  await evictDurableObject(feed);
  source.isDown = false;
  at(20 * seconds);

  await runDurableObjectAlarm(feed);

  expect(whileAway).toEqual(["kept"]);
  expect(due).toBeGreaterThan(start + 10 * seconds);
  expect(await idsOf(feed)).toEqual([postId]);
});

test("2: a feed is replaced whole or not at all", async () => {
  capture();
  const { feed } = await readerInD1();
  await feed.updateFollowing("willow", "follow");
  await feed.addToFeed(post("kept"));
  await rowsIn(feed, "CREATE TRIGGER broken BEFORE INSERT ON feed_items BEGIN SELECT RAISE(ABORT, 'broken'); END");

  const failure = await failureOf(feed.rebuildFeed());

  expect(failure).toMatchObject({ code: "GROVE-LOOM-041" });
  expect(await idsOf(feed)).toEqual(["kept"]);
  expect(await rowsIn(feed, "SELECT user_id FROM following")).toEqual([{ user_id: "willow" }]);
});

test("without a database a rebuild is refused, and all else works", async () => {
  const { feed } = await feedOf(["willow"], "FeedWithoutDatabase");
  await feed.addToFeed(post("p1"));

  expect(await failureOf(feed.rebuildFeed())).toMatchObject({ code: "GROVE-FEED-001", status: 503 });
  expect(await idsOf(feed)).toEqual(["p1"]);
});

test("calls during a rebuild wait for the same one", async () => {
  const { feed } = await readerInD1("FeedOnSlowD1");
  const release = hold();

  const calls = [feed.rebuildFeed(), feed.rebuildFeed(), feed.rebuildFeed()];
  await vi.waitFor(() => expect(source.reads).toBe(1));
  release();
  await Promise.all(calls);

  expect(source.reads).toBe(1);
});

test("3: what is added, followed and unfollowed while D1 is asked is as it was said last", async () => {
  const { feed, author, userId } = await readerInD1("FeedOnSlowD1");
  const release = hold();

  const rebuild = feed.rebuildFeed();
  await vi.waitFor(() => expect(source.reads).toBe(1));
  await feed.updateFollowing(author, "follow");
  await feed.updateFollowing(author, "unfollow");
  await feed.updateFollowing("rowan", "follow");
  await feed.addToFeed(post("of the new one", { authorId: "rowan" }));
  await feed.addToFeed(post("own", { authorId: userId }));
  release();
  await rebuild;

  expect((await idsOf(feed)).toSorted()).toEqual(["of the new one", "own"]);
});

test("3: what a post is said to show while D1 is asked holds against what D1 has", async () => {
  const { feed, postId } = await readerInD1("FeedOnSlowD1");
  await feed.rebuildFeed();
  const release = hold();

  const rebuild = feed.rebuildFeed();
  await vi.waitFor(() => expect(source.reads).toBe(2));
  await feed.updatePostMetadata(postId, { title: "Lichen" });
  await feed.updatePostMetadata("unknown", { title: "Lichen" });
  release();
  await rebuild;

  expect(await onlyItem(feed)).toMatchObject({ postId, preview: { title: "Lichen" } });
});

test("3: a post that comes again while D1 is asked, which does not have it, stays", async () => {
  const { feed, userId: authorId } = await readerInD1("FeedOnSlowD1");
  await feed.addToFeed(post("own", { authorId }));
  await feed.addToFeed(post("gone", { authorId }));
  at(1);
  const release = hold();

  const rebuild = feed.rebuildFeed();
  await vi.waitFor(() => expect(source.reads).toBe(1));
  await feed.addToFeed(post("own", { authorId }));
  release();
  await rebuild;

  expect(await idsOf(feed)).toHaveLength(2);
  expect(await idsOf(feed)).toContain("own");
});

test("3: a post that comes while D1 is asked goes if its author is not followed, as D1 says", async () => {
  const { feed, postId } = await readerInD1("FeedOnSlowD1");
  await feed.updateFollowing("willow", "follow");
  const release = hold();

  const rebuild = feed.rebuildFeed();
  await vi.waitFor(() => expect(source.reads).toBe(1));
  await feed.addToFeed(post("willow's"));
  release();
  await rebuild;

  expect(await idsOf(feed)).toEqual([postId]);
});

test("who is followed while D1 is asked for long has the feed built once more", async () => {
  const { feed } = await readerInD1("FeedOnSlowD1");
  const release = hold();
  const rebuild = feed.rebuildFeed();
  await vi.waitFor(() => expect(source.reads).toBe(1));
  await feed.updateFollowing("rowan", "follow");

  at(10 * seconds);
  const alarm = runDurableObjectAlarm(feed);
  await vi.waitFor(async () => expect(await alarmOf(feed)).toBeNull());
  at(10 * seconds); // waiting moves a clock that stands
  release();
  await Promise.all([rebuild, alarm]);

  expect(await alarmOf(feed)).toBe(start + 20 * seconds);
});

test("3: a post that arrives late, after its author was unfollowed, stays out", async () => {
  const { feed } = await feedOf(["willow"]);
  await feed.updateFollowing("willow", "unfollow");

  await feed.addToFeed(post("late"));

  expect(await idsOf(feed)).toEqual([]);
});

test("a quarter of the follows changed, or five of many, has the feed built ten seconds after the last", async () => {
  const { feed, userId } = newFeed();
  const authors = Array.from({ length: 40 }, (_, at) => `author-${at}`);
  for (const author of authors) await followInD1(userId, author);
  await feed.rebuildFeed();
  for (const author of authors.slice(0, 4)) await feed.updateFollowing(author, "unfollow");
  const afterFour = await alarmOf(feed);

  at(5 * seconds);
  await feed.updateFollowing("author-4", "unfollow");
  const afterFive = await alarmOf(feed);
  at(9 * seconds);
  await feed.updateFollowing("author-5", "unfollow");

  expect([afterFour, afterFive, await alarmOf(feed)]).toEqual([null, start + 15 * seconds, start + 19 * seconds]);
});

test("of few follows a quarter has the feed built, and no less", async () => {
  const { feed, userId } = newFeed();
  const authors = Array.from({ length: 8 }, (_, at) => `author-${at}`);
  await Promise.all(authors.map((author) => followInD1(userId, author)));
  await feed.rebuildFeed();

  await feed.updateFollowing("author-0", "unfollow");
  const afterOne = await alarmOf(feed);
  await feed.updateFollowing("author-1", "unfollow");

  expect([afterOne, await alarmOf(feed)]).toEqual([null, start + 10 * seconds]);
});

test("6: a feed that is small and built has no alarm", async () => {
  const { feed, author } = await readerInD1();
  await feed.updateFollowing(author, "follow");
  at(10 * seconds);
  await runDurableObjectAlarm(feed);

  expect(await idsOf(feed)).toHaveLength(1);
  expect(await alarmOf(feed)).toBeNull();
});
