import { Keyset, safeJsonParse, type SqlHelper } from "loom-do";
import { RowCount } from "../../row-count.ts";
import type { FeedItem, FeedOrder, FeedPage, FeedPost, PostPreview } from "../../types.ts";
import { tooLarge } from "./errors.ts";
import { fits } from "./schemas.ts";
import { createdAtOf, scoreOf } from "./score.ts";

interface ItemRow {
  readonly post_id: string;
  readonly tenant_id: string;
  readonly author_id: string;
  readonly score: number;
  readonly created_at: number;
  readonly cached_preview: string | null;
  readonly reaction_counts: string | null;
}

/** How many items are kept, and how many more there may be for a while. */
export const keptItems = 500;
const mostItems = 550;

const orders: Record<FeedOrder, Keyset<ItemRow>> = {
  recent: new Keyset<ItemRow>(["created_at", "post_id"], { descending: true }),
  relevance: new Keyset<ItemRow>(["score", "created_at", "post_id"], { descending: true }),
};

/** A reader's items, a row each. */
export class FeedItems {
  readonly #sql: SqlHelper;
  readonly #count: RowCount;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
    this.#count = new RowCount(sql, "feed_items");
  }

  get size(): number {
    return this.#count.value;
  }

  page(order: FeedOrder, limit: number, cursor?: string): FeedPage {
    const page = orders[order].page(limit, cursor);
    const query = `SELECT * FROM feed_items WHERE ${page.where} ORDER BY ${page.order} LIMIT ${page.limit}`;
    const { rows, ...next } = page.of(this.#sql.queryAll<ItemRow>(query, ...page.bindings));
    return { items: rows.map(itemOf), ...next };
  }

  /** Adds a post; one that is there keeps when it came, and the counts that it has. */
  add({ postId, tenantId, authorId, preview }: FeedPost, now = Date.now()): void {
    const known = this.#find(postId);
    const reactionCounts = known?.reactionCounts ?? preview.reactionCounts ?? {};
    const createdAt = createdAtOf(preview.createdAt, known?.createdAt, now);
    const shown = preview.reactionCounts ? { ...preview, reactionCounts } : preview;
    const item = { postId, tenantId, authorId, score: 0, createdAt, preview: shown, reactionCounts };
    this.#write({ ...item, score: scoreOf(preview, item) }, known, now);
    if (!known) this.#count.change(1);
    if (this.#count.value > mostItems) this.prune();
  }

  /** Changes what is shown of a post; false for one that is not here. */
  change(postId: string, change: Partial<PostPreview>, now = Date.now()): boolean {
    const item = this.#find(postId);
    if (!item) return false;
    const empty = { title: "", excerpt: "", authorName: "" };
    const preview = { ...empty, ...item.preview, ...change };
    if (!fits(preview)) throw tooLarge();
    const reactionCounts = change.reactionCounts ?? item.reactionCounts;
    const next = { ...item, preview, reactionCounts, createdAt: createdAtOf(change.createdAt, item.createdAt, now) };
    this.#write({ ...next, score: scoreOf(preview, next) }, item, now);
    return true;
  }

  /** Deletes an author's items. */
  deleteOf(authorId: string): void {
    this.#sql.exec("DELETE FROM feed_items WHERE author_id = ?", authorId);
    this.#count.forget();
  }

  /** Replaces all by `posts`, but for `kept`, which stay as they are; and only whom the reader follows has any. */
  replace(posts: readonly FeedPost[], kept: ReadonlySet<string>, userId: string): void {
    const ids = JSON.stringify([...posts.map(({ postId }) => postId), ...kept]);
    this.#sql.exec("DELETE FROM feed_items WHERE post_id NOT IN (SELECT value FROM json_each(?))", ids);
    this.#count.forget();
    for (const post of posts) if (!kept.has(post.postId) || !this.#find(post.postId)) this.add(post);
    const strangers = "author_id <> ? AND author_id NOT IN (SELECT user_id FROM following)";
    this.#sql.exec(`DELETE FROM feed_items WHERE ${strangers}`, userId);
    this.#count.forget();
  }

  /** Keeps the newest. */
  prune(): void {
    this.#sql.exec(
      `DELETE FROM feed_items WHERE post_id IN
         (SELECT post_id FROM feed_items ORDER BY created_at DESC, post_id DESC LIMIT -1 OFFSET ?)`,
      keptItems,
    );
    this.#count.forget();
  }

  #find(postId: string): FeedItem | undefined {
    const row = this.#sql.queryOne<ItemRow>("SELECT * FROM feed_items WHERE post_id = ?", postId);
    return row ? itemOf(row) : undefined;
  }

  /** Writes an item, unless it is as it was: each costs a row in the table and one in each index. */
  #write(item: FeedItem, before: FeedItem | undefined, now: number): void {
    if (JSON.stringify(item) === JSON.stringify(before)) return;
    const { postId, tenantId, authorId, score, createdAt, preview, reactionCounts } = item;
    this.#sql.exec(
      `INSERT INTO feed_items VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (post_id) DO UPDATE SET
         tenant_id = excluded.tenant_id, author_id = excluded.author_id, score = excluded.score,
         created_at = excluded.created_at, cached_preview = excluded.cached_preview,
         reaction_counts = excluded.reaction_counts`,
      ...[postId, tenantId, authorId, score, createdAt, JSON.stringify(preview), JSON.stringify(reactionCounts), now],
    );
  }
}

function itemOf({
  post_id,
  tenant_id,
  author_id,
  created_at,
  score,
  cached_preview,
  reaction_counts,
}: ItemRow): FeedItem {
  return {
    ...{ postId: post_id, tenantId: tenant_id, authorId: author_id, score, createdAt: created_at },
    preview: safeJsonParse<PostPreview | null>(cached_preview, null),
    reactionCounts: safeJsonParse<Record<string, number>>(reaction_counts, {}),
  };
}
