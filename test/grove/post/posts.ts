import { runInDurableObject } from "cloudflare:test";
import type { PostDO } from "../../../examples/grove/objects/post.ts";
import type { NewComment } from "../../../examples/grove/types.ts";
import { Client } from "../../support/client.ts";
import { postWorld } from "../../fixtures/grove/post.ts";
import { grove } from "../support/grove.ts";

/** Years ahead: no alarm comes by itself. */
export const now = Date.UTC(2030, 0);

/** A new post: its id and its object. */
export function newPost(binding = "POSTS") {
  const postId = crypto.randomUUID();
  const post = grove[binding]!.getByName(`post:acme:${postId}`) as unknown as DurableObjectStub<PostDO>;
  return { postId, post };
}

/** A comment, with an id of its own. */
export function comment(fields: Partial<NewComment> = {}): NewComment {
  return { id: crypto.randomUUID(), userId: "ada", content: "Well said.", ...fields };
}

/** Has so many comments written, one after the other. */
export async function addMany(post: DurableObjectStub<PostDO>, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await post.addComment(comment());
}

/** Has D1 or notifications fail, or wait, for as long as `work` takes. */
export async function during<Result>(what: keyof typeof postWorld, work: () => PromiseLike<Result>): Promise<Result> {
  postWorld[what] = true;
  try {
    return await work();
  } finally {
    postWorld[what] = false;
  }
}

/** What D1 has of a post's comments, in their order. */
export async function storedOf(postId: string): Promise<Record<string, unknown>[]> {
  const query = "SELECT * FROM comments WHERE tenant_id = 'acme' AND post_id = ? ORDER BY created_at";
  return (await grove.DB.prepare(query).bind(postId).all()).results;
}

/** What D1 has of a post's reactions. */
export async function countsOf(postId: string): Promise<Record<string, unknown>[]> {
  const query = "SELECT reaction_type, count, updated_at FROM post_reaction_counts WHERE post_id = ? ORDER BY 1";
  return (await grove.DB.prepare(query).bind(postId).all()).results;
}

/** What a statement finds inside the object. */
export function rowsOf(post: DurableObjectStub<PostDO>, query: string) {
  return runInDurableObject(post, (_object, { storage }) => storage.sql.exec(query).toArray());
}

/** How long until the object's alarm, in ms. */
export function untilAlarm(post: DurableObjectStub<PostDO>): Promise<number | null> {
  return runInDurableObject(post, async (_object, { storage }) => {
    const time = await storage.getAlarm();
    return time && time - Date.now();
  });
}

/** The socket of a user, whose own arrival it has heard of. */
export async function viewer(post: DurableObjectStub<PostDO>, userId: string): Promise<Client> {
  const client = await Client.open(post, `/ws?userId=${encodeURIComponent(userId)}`);
  await client.next();
  return client;
}
