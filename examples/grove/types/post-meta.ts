/** The plans that a site may be on. */
export type Tier = "wanderer" | "seedling" | "sapling" | "oak" | "evergreen";

export type ReactionType = "like" | "bookmark";

export interface Reactions {
  readonly likes: number;
  readonly bookmarks: number;
}

export interface PostMeta {
  readonly tenantId: string;
  readonly slug: string;
  readonly tier?: Tier;
  readonly viewCount: number;
  readonly reactions: Reactions;
  /** Unix milliseconds. */
  readonly lastViewed: number;
  readonly isPopular: boolean;
}

/** Who reads a post. */
export interface Presence {
  readonly activeReaders: number;
  /** Unix milliseconds; 0 when nobody reads. */
  readonly lastActivity: number;
}
