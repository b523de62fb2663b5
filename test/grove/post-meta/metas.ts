import { runInDurableObject } from "cloudflare:test";
import type { PostMeta, Tier } from "../../../examples/grove/types.ts";
import { ask, data, grove, json, says } from "../support/grove.ts";

export const anHour = 60 * 60_000;
/** Years ahead: no alarm comes by itself. */
export const now = Date.UTC(2030, 0);
export const unmade = says(400, "Post not initialized");
export const unmadeToRead = says(404, "Post not initialized");

/** A post that nobody has made. */
export function newPost(): DurableObjectStub {
  return grove.POST_META.getByName(`post:acme:${crypto.randomUUID()}`);
}

/** A post that has been made. */
export async function madePost(tier?: Tier): Promise<DurableObjectStub> {
  const post = newPost();
  await ask(post, "POST /meta/init", { tenantId: "acme", slug: "hello", tier });
  return post;
}

export async function metaOf(post: DurableObjectStub): Promise<PostMeta> {
  return data(await ask(post, "GET /meta"));
}

/** Has the post read by a session; the count that is answered. */
export async function view(post: DurableObjectStub, sessionId?: string): Promise<number> {
  return data<{ viewCount: number }>(await ask(post, "POST /view", { sessionId })).viewCount;
}

/** Has the post read by so many sessions, called after `prefix`. */
export async function viewMany(post: DurableObjectStub, count: number, prefix = "reader"): Promise<void> {
  for (let number = 1; number <= count; number += 1) await view(post, `${prefix}-${number}`);
}

/** Answers of the routes that change reactions. */
export const reacted = (likes: number, bookmarks: number) => json({ success: true, reactions: { likes, bookmarks } });
export const already = (likes: number, bookmarks: number) =>
  json({ success: false, message: "Already reacted", reactions: { likes, bookmarks } });

/** What a statement finds inside the object. */
export function rowsOf(post: DurableObjectStub, query: string): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(post, (_object, { storage }) => storage.sql.exec(query).toArray());
}

/** How many rows the object has written in this wake, those of its alarm included. */
export async function rowsWritten(post: DurableObjectStub): Promise<number> {
  return Number((await rowsOf(post, "SELECT total_changes() AS count"))[0]!["count"]);
}

/** How long until the object's alarm, in ms. */
export function untilAlarm(post: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(post, async (_object, { storage }) => {
    const time = await storage.getAlarm();
    return time && time - Date.now();
  });
}
