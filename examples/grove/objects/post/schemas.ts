import { type InvalidHook, type InvalidMessageHook, LOOM_ERRORS, LoomError, LoomResponse } from "loom-do";
import { z } from "zod";
import { badFrame, tooLong } from "./errors.ts";

const missing = "is required";
const long = "is too long";

/** What is missing is told from what is wrong. */
const text = z.string({ error: ({ input }) => (input === undefined || input === null ? missing : undefined) });

export const Id = text.min(1, missing).max(128);
export const ReactionType = text.min(1, missing).regex(/^[a-z_]{1,32}$/);
export const Limit = z.number().int().min(1).max(100).optional();

const comment = {
  userId: Id,
  content: text.trim().min(1, missing).max(4_000, long).refine(isPlain),
  parentId: Id.nullish().transform((id) => id ?? null),
};

export const Draft = z.object({ id: Id, ...comment });
export type Draft = z.output<typeof Draft>;
export const CommentBody = z.object({ id: Id.default(() => crypto.randomUUID()), ...comment });
export const CommentsQuery = z.object({ limit: z.coerce.number().pipe(Limit.unwrap()).optional() });
export const ToggleBody = z.object({ userId: Id, reactionType: ReactionType });

/** False for what a database does not give back as it was: half a surrogate pair, and a NUL. */
function isPlain(content: string): boolean {
  return content.isWellFormed() && !content.includes("\0");
}

// In whose name a frame speaks is not the frame's to say.
export const ReactFrame = z.object({ type: z.literal("react"), reactionType: ReactionType });
export const CommentFrame = z.object({
  type: z.literal("comment"),
  content: comment.content,
  parentId: comment.parentId,
});

/** True when nothing but its length is wrong with a comment. */
function isTooLong(issues: readonly { readonly message: string }[]): boolean {
  return issues.every(({ message }) => message === long);
}

/** Answers bad input with the field and what is wrong with it. */
export const answerPost: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  if (isTooLong(issues)) throw new LoomError(tooLong);
  const { message, path = [] } = issues[0]!;
  if (path.length === 0) return LoomResponse.error(LOOM_ERRORS.NOT_JSON);
  return LoomResponse.json({ error: `${path[0]} ${message === missing ? missing : "is invalid"}` }, 400);
};

/** Tells a socket what is wrong with its frame. */
export const tellPost: InvalidMessageHook = ({ code, issues }) => {
  const isLong = code === LOOM_ERRORS.FRAME_TOO_LARGE.code || (issues !== undefined && isTooLong(issues));
  const { code: own, userMessage: message } = isLong ? tooLong : badFrame;
  return { type: "error", code: own, message };
};
