import { type InvalidHook, LoomResponse } from "loom-do";
import { z } from "zod";
import { answerInvalid } from "../../invalid.ts";

const missing = "Missing tenantId or slug";
const unknownTier = "Invalid tier";

const name = z
  .string({ error: ({ code }) => (code === "invalid_type" ? missing : undefined) })
  .min(1, missing)
  .max(200);
const visitor = z.string().min(1).max(128).exactOptional();

export const InitBody = z.object({
  tenantId: name,
  slug: name,
  tier: z.enum(["wanderer", "seedling", "sapling", "oak", "evergreen"], unknownTier).exactOptional(),
});

export const ViewBody = z.object({ sessionId: visitor }).default({});

/** The type is checked after the post: a post that nobody has made is told first. */
export const ReactionBody = z.object({ type: z.unknown().optional(), userId: visitor });

export const ReactionType = z.enum(["like", "bookmark"]);

/** What a socket may say. */
export const PresenceFrame = z.object({
  type: z.literal("presence"),
  data: z.object({ sessionId: visitor }).default({}),
});

/** Answers with this page's own sentences where there is one. */
export const answerInit: InvalidHook = (problem, ctx) => {
  const messages = problem.issues?.map(({ message }) => message) ?? [];
  const own = [missing, unknownTier].find((sentence) => messages.includes(sentence));
  return own === undefined ? answerInvalid(problem, ctx) : LoomResponse.text(own, 400);
};
