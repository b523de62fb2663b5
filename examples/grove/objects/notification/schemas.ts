import type { InvalidMessageHook } from "loom-do";
import { z } from "zod";

const Id = z.string().min(1).max(128);

export const Added = z.object({
  type: z.enum(["reaction", "comment", "follow", "mention"]),
  actorId: Id,
  targetType: z.enum(["post", "comment", "profile"]),
  targetId: Id,
  dedupeKey: z.string().min(1).max(200).optional(),
});

export const Ids = z.union([z.literal("all"), z.array(Id).max(500)]);

export const ReadBody = z.object({ ids: Ids });

export const ReadMessage = z.object({ type: z.literal("read"), ids: Ids });

const clamp = (limit: number) => Math.min(Math.max(Math.trunc(limit), 1), 100);

export const Query = z.object({
  limit: z.number().transform(clamp).default(20),
  cursor: z.string().optional(),
  unreadOnly: z.boolean().default(false),
});

/** The same out of an address, where everything is text. */
export const TextQuery = Query.extend({
  limit: z.coerce.number().transform(clamp).default(20),
  unreadOnly: z.stringbool().default(false),
});

/** Tells a socket what is wrong with its message. */
export const tellInvalid: InvalidMessageHook = ({ code, error }) => {
  return { type: "error", code, message: error.def.userMessage };
};
