import { safeJsonParse } from "loom-do";
import type { FeedPost } from "../../types.ts";
import { keptItems } from "./items.ts";

interface PostRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly title: string;
  readonly description: string | null;
  readonly author_name: string | null;
  readonly published_at: number;
  readonly score: number | null;
  readonly reaction_counts: string | null;
}

/** Whom a reader follows and what they have written last, as D1 has it. */
export interface Source {
  readonly authors: readonly string[];
  readonly posts: readonly FeedPost[];
}

/** Reads what a feed is made of. */
export async function readSource(db: D1Database, userId: string): Promise<Source> {
  const follows = "SELECT followed_tenant_id AS author FROM meadow_follows WHERE follower_id = ?1";
  const [authors, posts] = await db.batch<{ author: string } & PostRow>([
    db.prepare(`${follows} LIMIT 10000`).bind(userId),
    db
      .prepare(
        `SELECT id, tenant_id, title, description, author_name, published_at, score, reaction_counts FROM meadow_posts
         WHERE tenant_id IN (${follows}) OR tenant_id = ?1 ORDER BY published_at DESC, id DESC LIMIT ?2`,
      )
      .bind(userId, keptItems),
  ]);
  return { authors: authors!.results.map(({ author }) => author), posts: posts!.results.map(postOf) };
}

function postOf({
  id,
  tenant_id,
  title,
  description,
  author_name,
  published_at,
  score,
  reaction_counts,
}: PostRow): FeedPost {
  return {
    ...{ postId: id, tenantId: tenant_id, authorId: tenant_id },
    preview: {
      ...{ title, excerpt: description ?? "", authorName: author_name ?? "" },
      // Seconds there, milliseconds here.
      createdAt: published_at * 1000,
      ...(score && { score }),
      reactionCounts: safeJsonParse<Record<string, number>>(reaction_counts, {}),
    },
  };
}
