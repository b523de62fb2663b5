import { safeJsonParse } from "loom-do";
import type { ChatImage, ChatMessage } from "../../types.ts";

/** A message as D1 has it. */
export interface MessageRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly sender_id: string;
  readonly content: string;
  readonly content_type: "text" | "image";
  /** JSON. */
  readonly metadata: string | null;
  readonly created_at: string;
  readonly retracted_at: string | null;
}

/** What a message is made of. */
export interface NewMessage {
  readonly conversationId: string;
  readonly senderId: string;
  readonly content: string;
  readonly contentType: string;
  readonly metadata: ChatImage | null;
  /** The sender's own name for it: the same for each try. */
  readonly clientId?: string | undefined;
}

/** A message as clients see it: of a retracted one nothing but that it was. */
export function messageOf(row: MessageRow): ChatMessage {
  if (row.retracted_at !== null) return { ...row, content: "", metadata: null };
  return { ...row, metadata: safeJsonParse<ChatImage | null>(row.metadata, null) };
}

export function messageFrom({ conversationId, senderId, content, contentType, metadata }: NewMessage) {
  return (id: string, createdAt: string): ChatMessage => ({
    ...{ id, conversation_id: conversationId, sender_id: senderId, content },
    content_type: contentType === "image" ? "image" : "text",
    ...{ metadata, created_at: createdAt, retracted_at: null },
  });
}

/** A message's id: made from the sender's own name for it, so that a second try is the same message. */
export async function idOf({ conversationId, senderId, clientId }: NewMessage): Promise<string> {
  if (clientId === undefined) return crypto.randomUUID();
  const name = new TextEncoder().encode(JSON.stringify([conversationId, senderId, clientId]));
  const digits = new Uint8Array(await crypto.subtle.digest("SHA-256", name)).slice(0, 16);
  const hex = Array.from(digits, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What a list of conversations shows of a message. */
export function previewOf({ content, content_type }: ChatMessage): string {
  if (content_type === "image") return "[image]";
  return content.length > 200 ? `${content.slice(0, 200).toWellFormed()}...` : content;
}
