import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { failureOf } from "../../support/failure.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, data, grove, json, notJson } from "../support/grove.ts";
import {
  alarmOf,
  at,
  countIn,
  day,
  feedOf,
  fill,
  hour,
  idsOf,
  newFeed,
  onlyItem,
  post,
  preview,
  rowsIn,
  start,
} from "./feeds.ts";

const success = json({ success: true });

beforeAll(prepareDatabase);
afterEach(() => void vi.useRealTimers());

test("a feed nobody has written into is empty, and its object waits for nothing", async () => {
  const { feed } = newFeed();

  expect(await feed.getFeed({})).toEqual({ items: [] });
  expect(await alarmOf(feed)).toBeNull();
});

test("an item is what was added, with what Loom's reader sees of it", async () => {
  const { feed } = await feedOf(["willow"]);
  const added = { ...preview, createdAt: start - hour, reactionCounts: { like: 2, love: 1 } };

  await feed.addToFeed({ postId: "p1", tenantId: "t1", authorId: "willow", preview: added });

  expect(await onlyItem(feed)).toEqual({
    ...{ postId: "p1", tenantId: "t1", authorId: "willow", createdAt: start - hour },
    ...{ score: (start - hour) / hour + 2, preview: added, reactionCounts: { like: 2, love: 1 } },
  });
});

test("recent is by time, relevance by score, and the post's id tells equal ones apart", async () => {
  const { feed } = await feedOf(["willow"]);
  await feed.addToFeed(post("old and liked", { age: hour, reactionCounts: { like: 7 } }));
  await feed.addToFeed(post("a"));
  await feed.addToFeed(post("b"));
  await feed.addToFeed(post("boosted", { age: day, score: 1e9 }));

  expect(await idsOf(feed)).toEqual(["b", "a", "old and liked", "boosted"]);
  expect(await idsOf(feed, "relevance")).toEqual(["boosted", "old and liked", "b", "a"]);
});

test("1: pages follow each other without repeat or gap while posts come and go", async () => {
  const { feed } = await feedOf(["willow"]);
  for (const id of ["a", "b", "c", "d", "e"]) await feed.addToFeed(post(id));

  const first = await feed.getFeed({ limit: 2 });
  await feed.addToFeed(post("newer", { age: -hour }));
  const second = await feed.getFeed({ limit: 2, cursor: first.nextCursor! });
  const third = await feed.getFeed({ limit: 2, cursor: second.nextCursor! });

  const pages = [first, second, third].map(({ items }) => items.map(({ postId }) => postId));
  expect(pages).toEqual([["e", "d"], ["c", "b"], ["a"]]);
  expect(third).not.toHaveProperty("nextCursor");
});

test.for([
  [undefined, 20],
  [1, 1],
  [0, 1],
  [-5, 1],
  [100, 100],
  [101, 100],
  [2.9, 2],
])("a limit of %s gives %i items", async ([limit, expected]) => {
  const { feed } = newFeed();
  await fill(feed, 150);

  expect((await feed.getFeed({ limit })).items).toHaveLength(expected!);
});

test("a post of somebody who is not followed is left out, one of the reader's own is not", async () => {
  const { feed, userId } = await feedOf(["willow"]);

  await feed.addToFeed(post("stranger's", { authorId: "rowan" }));
  await feed.addToFeed(post("own", { authorId: userId }));

  expect(await idsOf(feed)).toEqual(["own"]);
});

test("a post that comes again keeps its time and its newer counts, and is written once", async () => {
  const { feed } = await feedOf(["willow"]);
  const { createdAt: _none, ...undated } = post("p1").preview;
  const once = { ...post("p1"), preview: undated };
  await feed.addToFeed(once);
  await feed.updatePostMetadata("p1", { reactionCounts: { like: 5 } });
  at(hour);
  const before = await written(feed);

  await feed.addToFeed({ ...once, preview: { ...undated, reactionCounts: { like: 4 } } });

  expect(await onlyItem(feed)).toMatchObject({
    ...{ createdAt: start, reactionCounts: { like: 5 }, preview: { reactionCounts: { like: 5 } } },
  });
  expect(await rowsIn(feed, "SELECT added_at FROM feed_items")).toEqual([{ added_at: start }]);
  const again = await written(feed);
  await feed.addToFeed({ ...once, preview: { ...undated, reactionCounts: { like: 4 } } });
  expect([again - before, (await written(feed)) - again]).toEqual([0, 0]);
});

test("a change is merged into what is shown; of a post that is not here it is nothing", async () => {
  const { feed } = await feedOf(["willow"]);
  await feed.addToFeed(post("p1"));

  await feed.updatePostMetadata("p1", { title: "Lichen", reactionCounts: { like: 3 } });
  await feed.updatePostMetadata("unknown", { title: "Lichen" });

  expect(await onlyItem(feed)).toMatchObject({
    preview: { title: "Lichen", excerpt: "It is green." },
    ...{ reactionCounts: { like: 3 }, score: start / hour + 2 },
  });
});

test.for([
  ["missing", undefined],
  ["more than a day to come", start + day + 1],
  ["no number", Number.NaN],
  ["before all times", -Infinity],
  ["after all times", Infinity],
])("a time that is %s is now", async ([, createdAt]) => {
  const { feed } = await feedOf(["willow"]);
  const { createdAt: _given, ...undated } = post("p1").preview;

  await feed.addToFeed({
    ...post("p1"),
    preview: createdAt === undefined ? undated : { ...undated, createdAt: createdAt as number },
  });

  expect(await onlyItem(feed)).toMatchObject({ createdAt: start });
});

test("a time that is a day to come is taken", async () => {
  const { feed } = await feedOf(["willow"]);

  await feed.addToFeed(post("p1", { age: -day }));

  expect(await onlyItem(feed)).toMatchObject({ createdAt: start + day });
});

test("a preview takes 8 KiB and no more, however it came to that", async () => {
  const { feed } = await feedOf(["willow"]);
  const given = post("p1", { excerpt: "\u0001".repeat(1_300) });
  const room = 8_192 - new TextEncoder().encode(JSON.stringify(given.preview)).length;
  const large = (more: number) => ({ ...given.preview, title: given.preview.title.padEnd(4 + room + more, "s") });

  await feed.addToFeed({ ...given, preview: large(0) });
  const failures = [
    await failureOf(feed.addToFeed({ ...given, preview: large(1) })),
    await failureOf(feed.updatePostMetadata("p1", { authorName: "Rowan and Willow" })),
  ];

  expect(failures).toMatchObject([{ code: "GROVE-LOOM-024" }, { code: "GROVE-LOOM-024" }]);
  expect(await onlyItem(feed)).toMatchObject({ preview: large(0) });
});

test("4: five hundred previews as large as they may be are five hundred rows", async () => {
  const { feed } = newFeed();
  await fill(feed, 500);
  await runInDurableObject(feed, (_, { storage }) => {
    storage.sql.exec("UPDATE feed_items SET cached_preview = ?", JSON.stringify({ excerpt: "é".repeat(4_000) }));
  });

  expect(await idsOf(feed)).toHaveLength(100);
  expect(await countIn(feed)).toBe(500);
});

test("following is idempotent, and an unfollowed author's items are gone at once", async () => {
  const { feed } = await feedOf(["willow", "rowan"]);
  await feed.addToFeed(post("p1"));
  await feed.addToFeed(post("p2", { authorId: "rowan" }));

  await feed.updateFollowing("willow", "unfollow");
  await feed.updateFollowing("willow", "unfollow");
  await feed.updateFollowing("rowan", "follow");
  await evictDurableObject(feed);

  expect(await idsOf(feed)).toEqual(["p2"]);
  expect(await countIn(feed, "following")).toBe(1);
});

test("nobody follows themselves", async () => {
  const { feed, userId } = newFeed();

  expect(await failureOf(feed.updateFollowing(userId, "follow"))).toMatchObject({ code: "GROVE-LOOM-024" });
  expect((await ask(feed, "POST /following", { userId, action: "follow" }))[0]).toBe(400);
});

test("a reader follows at most ten thousand, and is told", async () => {
  const { feed } = newFeed();
  await runInDurableObject(feed, (_, { storage }) => {
    const many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)";
    storage.sql.exec(`${many} INSERT INTO following SELECT 'author-' || i, 1 FROM n`);
  });

  const failure = await failureOf(feed.updateFollowing("one more", "follow"));
  await feed.updateFollowing("author-1", "unfollow");
  await feed.updateFollowing("one more", "follow");

  expect(failure).toMatchObject({ code: "FOLLOW_LIMIT", status: 409 });
  expect(await countIn(feed, "following")).toBe(10_000);
});

test("5: an item over 550 leaves the newest 500; between, an hour later does", async () => {
  const { feed, userId: authorId } = newFeed();
  await fill(feed, 549);
  await feed.addToFeed(post("the 550th", { authorId, age: -1 }));
  const [full, due] = [await countIn(feed), await alarmOf(feed)];

  await feed.addToFeed(post("the 551st", { authorId, age: -2 }));
  const pruned = await countIn(feed);
  await feed.addToFeed(post("the 501st", { authorId, age: -3 }));
  at(hour);
  await runDurableObjectAlarm(feed);

  expect([full, due, pruned]).toEqual([550, start + hour, 500]);
  expect(await countIn(feed)).toBe(500);
  expect((await idsOf(feed)).slice(0, 4)).toEqual(["the 501st", "the 551st", "the 550th", "post-0001"]);
  expect(await alarmOf(feed)).toBeNull();
});

test("the same over HTTP", async () => {
  const { feed } = newFeed();

  expect(await ask(feed, "POST /following", { userId: "willow", action: "follow" })).toEqual(success);
  expect(await ask(feed, "POST /items", post("p1"))).toEqual(success);
  expect(await ask(feed, "POST /items", post("p2", { age: hour }))).toEqual(success);
  expect(await ask(feed, "PATCH /items/p1", { title: "Lichen" })).toEqual(success);
  const page = data<{ items: unknown[]; nextCursor: string }>(await ask(feed, "GET /feed?limit=1&sortBy=relevance"));
  const rest = data(await ask(feed, `GET /feed?limit=5&sortBy=relevance&cursor=${page.nextCursor}`));

  expect(page.items).toMatchObject([{ postId: "p1", preview: { title: "Lichen" } }]);
  expect(rest).toMatchObject({ items: [{ postId: "p2" }] });
});

test.for(["POST /items", "PATCH /items/p1", "POST /following"])("%s takes JSON objects only", async (line) => {
  const { feed } = newFeed();

  const answers = [await ask(feed, line, "{"), await ask(feed, line, "null"), await ask(feed, line, "[]")];

  expect(answers).toEqual([notJson, notJson, notJson]);
});

test.for<[string, unknown, string]>([
  ["GET /feed?limit=many", undefined, "limit"],
  ["GET /feed?sortBy=mood", undefined, "sortBy"],
  ["POST /following", { userId: "willow", action: "like" }, "action"],
  ["POST /following", { userId: "", action: "follow" }, "userId"],
  ["POST /following", { userId: "a".repeat(129), action: "follow" }, "userId"],
  ["POST /items", { ...post("p1"), postId: "" }, "postId"],
  ["POST /items", { ...post("p1"), tenantId: 7 }, "tenantId"],
  ["POST /items", { ...post("p1"), authorId: undefined }, "authorId"],
  ["POST /items", post("p1", { title: "a".repeat(501) }), "preview"],
  ["POST /items", post("p1", { excerpt: "a".repeat(2_001) }), "preview"],
  ["POST /items", post("p1", { reactionCounts: Object.fromEntries(many(400)) }), "preview"],
  ["PATCH /items/p1", { title: 7 }, "title"],
])("%s of %j is a 400 that names %s", async ([line, body, field]) => {
  expect(await ask(newFeed().feed, line, body)).toEqual(json({ error: `Invalid field: ${field}` }, 400));
});

test("what is as long as it may be is taken", async () => {
  const { feed } = await feedOf(["a".repeat(128)]);

  await feed.addToFeed(
    post("p".repeat(128), {
      tenantId: "t",
      authorId: "a".repeat(128),
      title: "a".repeat(500),
      excerpt: "é".repeat(2_000),
    }),
  );

  expect(await onlyItem(feed)).toMatchObject({ postId: "p".repeat(128) });
});

test.for(["", "nonsense"])("the cursor %j is a 400 that says so", async (cursor) => {
  const answer = await ask(newFeed().feed, `GET /feed?cursor=${cursor}`);

  expect(answer[0]).toBe(400);
  expect(data(answer)).toMatchObject({ issues: [{ message: "Invalid cursor", path: ["cursor"] }] });
});

test("a cursor of one order is none of the other", async () => {
  const { feed } = newFeed();
  await fill(feed, 3);

  const { nextCursor } = await feed.getFeed({ limit: 1 });

  expect(await failureOf(feed.getFeed({ cursor: nextCursor, sortBy: "relevance" }))).toMatchObject({
    message: "GROVE-LOOM-024: Invalid cursor",
  });
});

test("a preview that cannot be read is null, and the page is there", async () => {
  const { feed } = newFeed();
  await fill(feed, 2);
  await runInDurableObject(feed, (_, { storage }) => {
    storage.sql.exec("UPDATE feed_items SET cached_preview = '{', reaction_counts = 'x' WHERE post_id = 'post-0001'");
  });

  const { items } = await feed.getFeed({});

  expect(items).toMatchObject([{ postId: "post-0001", preview: null, reactionCounts: {} }, { postId: "post-0002" }]);
});

test("an object that is no reader's says so when it has to know", async () => {
  const nameless = grove.FEEDS.get(grove.FEEDS.newUniqueId());

  expect(await failureOf(nameless.addToFeed(post("p1")))).toMatchObject({ code: "GROVE-FEED-002" });
});

test.for([
  ["idx_feed_created", "created_at DESC, post_id DESC"],
  ["idx_feed_score", "score DESC, created_at DESC, post_id DESC"],
])("%s has a page in its order", async ([index, order]) => {
  const { feed } = newFeed();

  const plan = await runInDurableObject(feed, (_, { storage }) => [
    ...storage.sql.exec(`EXPLAIN QUERY PLAN SELECT * FROM feed_items ORDER BY ${order} LIMIT 21`),
  ]);

  expect(plan).toEqual([expect.objectContaining({ detail: `SCAN feed_items USING INDEX ${index}` })]);
});

function many(count: number): [string, number][] {
  return Array.from({ length: count }, (_, at) => [`reaction-${at}-of-a-long-name`, 1]);
}

/** The rows that the object has written since it was made. */
function written(feed: DurableObjectStub): Promise<number> {
  return runInDurableObject(
    feed,
    (_, { storage }) => storage.sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n,
  );
}
