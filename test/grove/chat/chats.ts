import { vi } from "vitest";
import type { ChatDO } from "../../../examples/grove/objects/chat.ts";
import { Client } from "../../support/client.ts";
import { grove } from "../support/grove.ts";

export const start = Date.UTC(2030, 0, 15);
export const now = new Date(start).toISOString();

/** Sets the clock to so many milliseconds after the start. */
export function at(offset: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: start + offset });
}

/** Two people, their object and their conversation in D1. */
export async function newChat(binding = "CHAT") {
  at(0);
  const [a, b] = [crypto.randomUUID(), crypto.randomUUID()].toSorted() as [string, string];
  const namespace = grove[binding] as unknown as DurableObjectNamespace<ChatDO>; // ChatDO, or a subclass of it
  return { a, b, conversationId: await newConversation(a, b), chat: namespace.getByName(`chat:${a}:${b}`) };
}

/** A conversation in D1. */
export async function newConversation(a: string, b: string): Promise<string> {
  const id = crypto.randomUUID();
  const insert = "INSERT INTO chat_conversations (id, participant_a, participant_b) VALUES (?, ?, ?)";
  await grove.DB.prepare(insert).bind(id, a, b).run();
  return id;
}

/** Both of them, connected. */
export async function connected(binding?: string) {
  const pair = await newChat(binding);
  const [one, other] = [await join(pair.chat, pair.a), await join(pair.chat, pair.b)];
  return { ...pair, one, other };
}

export function join(chat: DurableObjectStub<ChatDO>, tenantId: string): Promise<Client> {
  return Client.open(chat, `/anywhere?tenantId=${tenantId}`);
}

/** Rows of D1, in the order of their ids. */
export async function rowsOf(table: string, conversationId: string) {
  const column = table === "chat_conversations" ? "id" : "conversation_id";
  const query = `SELECT * FROM ${table} WHERE ${column} = ? ORDER BY 1, 2`;
  return (await grove.DB.prepare(query).bind(conversationId).all()).results;
}

/** Stores a message behind the object's back. */
export async function stored(
  conversationId: string,
  id: string,
  changes: Record<string, string | null> = {},
): Promise<void> {
  const row = {
    sender_id: "s",
    content: id,
    content_type: "text",
    metadata: null,
    created_at: now,
    retracted_at: null,
  };
  const { sender_id, content, content_type, metadata, created_at, retracted_at } = { ...row, ...changes };
  await grove.DB.prepare("INSERT INTO chat_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    .bind(id, conversationId, sender_id, content, content_type, metadata, created_at, retracted_at)
    .run();
}

/** What a message over a socket that will not do is answered with. */
export function told(code: string, message: string) {
  return { type: "error", code: `CHAT-${code}`, message };
}
