import type { FeedItem, PostPreview } from "../../types.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** When a post was made: as it says, unless that is more than a day to come, else as is `known`, else now. */
export function createdAtOf(said: number | undefined, known: number | undefined, now: number): number {
  return said !== undefined && said <= now + day ? said : (known ?? now);
}

/** How relevant a post is. Counted from a fixed moment, so that time passing changes no score. */
export function scoreOf(
  { score }: Pick<PostPreview, "score">,
  { createdAt, reactionCounts }: Pick<FeedItem, "createdAt" | "reactionCounts">,
): number {
  const reactions = Object.values(reactionCounts).reduce((sum, count) => sum + count, 0);
  return score ?? createdAt / hour + Math.log2(1 + reactions);
}
