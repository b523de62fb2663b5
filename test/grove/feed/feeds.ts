import { runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { FeedDO } from "../../../examples/grove/objects/feed.ts";
import type { FeedItem, FeedOrder, FeedPost, PostPreview } from "../../../examples/grove/types.ts";
import { grove } from "../support/grove.ts";

export const start = Date.UTC(2030, 0, 15);
export const hour = 3_600_000;
export const day = 24 * hour;

/** Sets the clock to so many milliseconds after the start. */
export function at(offset: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: start + offset });
}

/** A reader nobody knows yet, and its feed. */
export function newFeed(binding = "FEEDS") {
  at(0);
  const userId = crypto.randomUUID();
  const namespace = grove[binding] as unknown as DurableObjectNamespace<FeedDO>; // FeedDO, or a subclass of it
  return { userId, feed: namespace.getByName(`feed:${userId}`) };
}

/** A reader that follows `authors`. */
export async function feedOf(authors: readonly string[], binding?: string) {
  const reader = newFeed(binding);
  for (const author of authors) await reader.feed.updateFollowing(author, "follow");
  return reader;
}

export const preview: PostPreview = { title: "Moss", excerpt: "It is green.", authorName: "Willow" };

/** A post of willow's, so many milliseconds old. */
export function post(
  postId: string,
  { age = 0, authorId = "willow", ...more }: Partial<PostPreview & FeedPost> & { age?: number } = {},
): FeedPost {
  return { postId, tenantId: "t1", authorId, preview: { ...preview, createdAt: start - age, ...more } };
}

/** The ids of a feed, in its order. */
export async function idsOf(feed: DurableObjectStub<FeedDO>, sortBy: FeedOrder = "recent"): Promise<string[]> {
  return (await feed.getFeed({ limit: 100, sortBy })).items.map(({ postId }) => postId);
}

/** The one item of a feed. */
export async function onlyItem(feed: DurableObjectStub<FeedDO>): Promise<FeedItem> {
  const { items } = await feed.getFeed({ limit: 2 });
  if (items.length !== 1) throw new Error(`${items.length} items`);
  return items[0]!;
}

/** Fills the table behind the object's back: items post-0001, …, the first the newest. */
export function fill(feed: DurableObjectStub<FeedDO>, count: number): Promise<void> {
  return runInDurableObject(feed, (_, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO feed_items SELECT printf('post-%04d', i), 't', 'willow', 0, ? - i, '{}', '{}', 0 FROM n`,
      ...[count, start],
    );
  });
}

export function countIn(feed: DurableObjectStub<FeedDO>, table = "feed_items"): Promise<number> {
  return runInDurableObject(
    feed,
    (_, { storage }) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
  );
}

/** What a statement finds inside the object. */
export function rowsIn(feed: DurableObjectStub<FeedDO>, query: string, ...bindings: string[]): Promise<unknown[]> {
  return runInDurableObject(feed, (_, { storage }) => storage.sql.exec(query, ...bindings).toArray());
}

export function alarmOf(feed: DurableObjectStub<FeedDO>): Promise<number | null> {
  return runInDurableObject(feed, (_, { storage }) => storage.getAlarm());
}

/** Has D1 say that a reader follows `author`. */
export async function followInD1(userId: string, author: string): Promise<void> {
  const insert = "INSERT INTO meadow_follows VALUES (?, ?, ?, 1)";
  await grove.DB.prepare(insert).bind(crypto.randomUUID(), userId, author).run();
}

/** Has D1 hold a post of an author; its time is in seconds. */
export async function postInD1(author: string, publishedAt = start / 1000, score = 0): Promise<string> {
  const id = crypto.randomUUID();
  const insert = `INSERT INTO meadow_posts (id, tenant_id, title, description, author_name, published_at, score, reaction_counts)
    VALUES (?, ?, 'Moss', 'It is green.', 'Willow', ?, ?, '{"like":3}')`;
  await grove.DB.prepare(insert).bind(id, author, publishedAt, score).run();
  return id;
}
