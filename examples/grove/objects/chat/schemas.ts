import type { LoomErrorDef } from "loom-do";
import { z } from "zod";
import type { ChatImage } from "../../types.ts";
import { CHAT_ERRORS } from "./errors.ts";

const Id = z.string().min(1).max(128);

const Image = z.object({
  url: z.url({ protocol: /^https$/ }).max(2_048),
  width: z.int().positive(),
  height: z.int().positive(),
  alt: z.string().max(500).exactOptional(),
});

/** What is wrong with what somebody says, if something is, in the order in which clients are told. */
export function faultIn({ content, contentType }: { content: string; contentType: string }): LoomErrorDef | undefined {
  if (contentType !== "text" && contentType !== "image") return CHAT_ERRORS.INVALID_CONTENT_TYPE;
  if (content === "" && contentType === "text") return CHAT_ERRORS.CONTENT_REQUIRED;
  return content.length > 4_000 ? CHAT_ERRORS.TOO_LONG : undefined;
}

export const MessageFrame = z
  .object({
    type: z.literal("message"),
    conversation_id: z.string().max(128).optional(),
    content: z.string().default(""),
    content_type: z.string().default("text"),
    metadata: z.unknown().optional(),
    client_id: Id.optional(),
  })
  .transform((frame, ctx) => ({ ...frame, metadata: metadataOf(frame.content_type, frame.metadata, ctx) }));

export const TypingFrame = z.object({ type: z.literal("typing"), conversation_id: Id });

export const ReadFrame = z.object({
  type: z.literal("read"),
  conversation_id: Id,
  last_read_message_id: z.string().min(1).max(64),
});

export const SendBody = z
  .object({
    conversationId: Id,
    senderId: Id,
    content: z.string().default(""),
    contentType: z.string().default("text"),
    metadata: z.unknown().optional(),
    clientId: Id.optional(),
    alreadyPersisted: z.boolean().default(false),
    messageId: Id.optional(),
    createdAt: z.iso.datetime().optional(),
  })
  .transform((body, ctx) => ({ ...body, metadata: metadataOf(body.contentType, body.metadata, ctx) }));

/** An image's metadata; a text has none, whatever is sent along. */
function metadataOf(contentType: string, metadata: unknown, ctx: z.RefinementCtx): ChatImage | null {
  if (contentType !== "image") return null;
  const { data, error } = Image.nullish().safeParse(metadata);
  if (error) ctx.addIssue({ code: "custom", path: ["metadata"], message: "no image" });
  return data ?? null;
}
