import { z } from "zod";

const Id = z.string().min(1).max(128);

const Title = z.string().max(500);
const Excerpt = z.string().max(2_000);
const AuthorName = z.string().max(200);
const ReactionCounts = z.record(z.string().max(32), z.number().min(0));

// A number that is no time is as good as none: refused it would take the post with it.
const Moment = z.custom<number>((value) => typeof value === "number");

/** Whether a preview takes as much room as it may. */
export const fits = (preview: object) => new TextEncoder().encode(JSON.stringify(preview)).length <= 8_192;

function withoutOddTime<Shown extends { readonly createdAt?: number }>(preview: Shown): Shown {
  const { createdAt = 0, ...rest } = preview;
  return Number.isFinite(createdAt) ? preview : (rest as Shown); // what it leaves out is optional
}

const Preview = z
  .object({
    ...{ title: Title, excerpt: Excerpt, authorName: AuthorName },
    createdAt: Moment.exactOptional(),
    score: z.number().exactOptional(),
    reactionCounts: ReactionCounts.exactOptional(),
  })
  .transform(withoutOddTime)
  .refine(fits);

export const PreviewChange = z
  .object({
    title: Title.exactOptional(),
    excerpt: Excerpt.exactOptional(),
    authorName: AuthorName.exactOptional(),
    createdAt: Moment.exactOptional(),
    score: z.number().exactOptional(),
    reactionCounts: ReactionCounts.exactOptional(),
  })
  .transform(withoutOddTime)
  .refine(fits);

export const Post = z.object({ postId: Id, tenantId: Id, authorId: Id, preview: Preview });

export const PostId = Id;

const Action = z.enum(["follow", "unfollow"]);

export const FollowArgs = [Id, Action] as const;

export const FollowBody = z.object({ userId: Id, action: Action });

const SortBy = z.enum(["recent", "relevance"]).default("recent");

const clamp = (limit: number) => Math.min(Math.max(Math.trunc(limit), 1), 100);

export const Query = z.object({
  cursor: z.string().optional(),
  limit: z.number().transform(clamp).default(20),
  sortBy: SortBy,
});

/** The same out of an address, where everything is text. */
export const TextQuery = Query.extend({ limit: z.coerce.number().transform(clamp).default(20) });
