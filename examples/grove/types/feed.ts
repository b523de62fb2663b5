/** What a feed shows of a post. */
export interface PostPreview {
  readonly title: string;
  readonly excerpt: string;
  readonly authorName: string;
  /** Unix milliseconds. */
  readonly createdAt?: number;
  /** How relevant it is; computed where it is not given. */
  readonly score?: number;
  readonly reactionCounts?: Readonly<Record<string, number>>;
}

/** A post on its way into a feed. */
export interface FeedPost {
  readonly postId: string;
  readonly tenantId: string;
  readonly authorId: string;
  readonly preview: PostPreview;
}

export interface FeedItem {
  readonly postId: string;
  readonly tenantId: string;
  readonly authorId: string;
  readonly score: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Null where what was stored cannot be read. */
  readonly preview: PostPreview | null;
  readonly reactionCounts: Readonly<Record<string, number>>;
}

export type FeedOrder = "recent" | "relevance";

export interface FeedQuery {
  readonly cursor?: string | undefined;
  /** @default 20, at most 100 */
  readonly limit?: number | undefined;
  /** @default "recent" */
  readonly sortBy?: FeedOrder | undefined;
}

/** A page of a feed; no `nextCursor` on the last. */
export interface FeedPage {
  readonly items: readonly FeedItem[];
  readonly nextCursor?: string;
}
