/** What makes a post big: kept in R2 while the post is cold. */
export interface HeavyFields {
  readonly markdownContent: string;
  readonly htmlContent: string;
  /** JSON as text. */
  readonly gutterContent: string;
}

export interface PostContent extends HeavyFields {
  readonly tenantId: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly font: string;
  readonly publishedAt: number | null;
  readonly updatedAt: number;
  readonly storageLocation: "hot" | "warm" | "cold";
  readonly r2Key?: string;
}
