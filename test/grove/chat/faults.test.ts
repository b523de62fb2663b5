import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ChatMessage } from "../../../examples/grove/types.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, data, grove, json } from "../support/grove.ts";
import { at, connected, join, newChat, newConversation, rowsOf, start, stored, told } from "./chats.ts";

// What the object did before it was built on Loom: none of it is to come back.
beforeAll(prepareDatabase);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("1: who is none of the two cannot join", async () => {
  const { chat } = await newChat();

  const response = await chat.fetch("https://grove/?tenantId=mallory", { headers: { Upgrade: "websocket" } });

  expect([response.status, await response.text()]).toEqual([403, "Forbidden"]);
});

test("1: nobody writes into another's conversation through theirs, whether theirs is known yet or not", async () => {
  const { conversationId, one, other } = await connected();
  const elsewhere = await newConversation(crypto.randomUUID(), "z");

  one.send({ type: "message", conversation_id: elsewhere, content: "before" });
  const before = await one.next();
  one.send({ type: "message", conversation_id: conversationId, content: "ours" });
  await one.next();
  one.send({ type: "message", conversation_id: elsewhere, content: "after" });
  one.send({ type: "typing", conversation_id: elsewhere });
  one.send({ type: "read", conversation_id: elsewhere, last_read_message_id: "m" });

  const refused = told("008", "Not a participant");
  expect([before, await one.next(), await one.next(), await one.next()]).toEqual(Array(4).fill(refused));
  expect(await rowsOf("chat_messages", elsewhere)).toEqual([]);
  expect(await other.next()).toMatchObject({ message: { content: "ours" } });
});

test("1: an object whose name is no pair lets nobody in", async () => {
  const response = await grove.CHAT.getByName("chat:a").fetch("https://grove/?tenantId=a", {
    headers: { Upgrade: "websocket" },
  });

  expect(response.status).toBe(403);
});

test.for<[object, string]>([
  [{ contentType: "weird" }, "Invalid content type"],
  [{ content: "a".repeat(4_001) }, "Message too long (max 4000 characters)"],
])("2: a relay is looked at like any other: %j", async ([change, error]) => {
  const { chat, a: senderId, conversationId } = await newChat();
  const relay = { conversationId, senderId, content: "Hello", alreadyPersisted: true, messageId: "m1", ...change };

  expect(await ask(chat, "POST /send", relay)).toEqual(json({ error }, 400));
});

test("3: content that is no text is refused, not made one", async () => {
  const { chat, a: senderId, conversationId } = await newChat();

  const answer = await ask(chat, "POST /send", { conversationId, senderId, content: { a: 1 } });

  expect(answer[0]).toBe(400);
  expect(await rowsOf("chat_messages", conversationId)).toEqual([]);
});

test("4: a name of 300 characters is refused like any other", async () => {
  const { chat } = await newChat();

  const response = await chat.fetch(`https://grove/?tenantId=${"a".repeat(300)}`, {
    headers: { Upgrade: "websocket" },
  });

  expect(response.status).toBe(403);
});

test("5: a plain request for a socket is told to upgrade", async () => {
  const { chat } = await newChat();

  expect((await ask(chat, "GET /ws?tenantId=a"))[0]).toBe(426);
});

test("6: a close is answered, and who has left gets nothing and counts for nothing", async () => {
  const { chat, a: senderId, conversationId, one, other } = await connected();

  other.close(1000, "bye");
  const end = await other.next();
  await ask(chat, "POST /send", { conversationId, senderId, content: "Hello" });

  expect(end).toMatchObject({ closed: 1000 });
  expect(await one.next()).toMatchObject({ type: "message" });
});

test("7: the time of reading is of the same form as a message's", async () => {
  const { a, conversationId, one } = await connected();
  await stored(conversationId, `m-${a}`);
  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: `m-${a}` });
  await one.next();

  const [cursor] = await rowsOf("chat_read_cursors", conversationId);

  expect(cursor).toMatchObject({ last_read_at: "2030-01-15T00:00:00.000Z" });
});

test("8: what was read stays read: an older message takes nothing back, and is not told", async () => {
  const { a, conversationId, one } = await connected();
  const [older, newer] = [`1-${a}`, `2-${a}`];
  await stored(conversationId, older);
  await stored(conversationId, newer);

  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: newer });
  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: older });
  one.send({ type: "shout" });

  expect(await one.next()).toMatchObject({ type: "read", last_read_message_id: newer });
  expect(await one.next()).toMatchObject({ type: "error" });
  expect(await rowsOf("chat_read_cursors", conversationId)).toMatchObject([{ last_read_message_id: newer }]);
});

test("9: messages of one moment are all in the pages, each once", async () => {
  const { chat, a: tenantId, conversationId } = await newChat();
  const ids = Array.from({ length: 5 }, (_, n) => `${n}-${tenantId}`);
  for (const id of ids) await stored(conversationId, id);
  const page = async (cursor = "") => {
    const query = new URLSearchParams({ conversationId, tenantId, limit: "2", cursor });
    return data<{ messages: ChatMessage[]; nextCursor?: string }>(await ask(chat, `GET /history?${query}`));
  };

  const first = await page();
  const second = await page(first.nextCursor);
  const third = await page(second.nextCursor);

  const read = [third, second, first].flatMap(({ messages }) => messages.map(({ id }) => id));
  expect(read).toEqual(ids);
  expect(third).not.toHaveProperty("nextCursor");
});

test("10: a first upgrade, and a first frame after an eviction, find the object ready", async () => {
  const { chat, a, conversationId } = await newChat();
  const client = await join(chat, a);
  await evictDurableObject(chat);

  client.send({ type: "message", conversation_id: conversationId, content: "Hello" });

  expect(await client.next()).toMatchObject({ type: "message:ack" });
});

test("11: a message that a client sends again under its own name is one message, told once", async () => {
  const { conversationId, one, other } = await connected();
  const message = { type: "message", conversation_id: conversationId, content: "Hello", client_id: "draft-1" };
  one.send(message);
  const first = await one.next();
  at(5_000);

  one.send(message);
  const second = await one.next();
  one.send({ ...message, client_id: "draft-2", content: "Again" });

  expect(second).toEqual(first);
  expect(await other.next()).toMatchObject({ message: { content: "Hello" } });
  expect(await other.next()).toMatchObject({ message: { content: "Again" } });
  expect(await rowsOf("chat_messages", conversationId)).toHaveLength(2);
});

test("11: what both call by the same name are two messages", async () => {
  const { conversationId, one, other } = await connected();
  const message = { type: "message", conversation_id: conversationId, content: "Hello", client_id: "draft-1" };

  one.send(message);
  await one.next();
  other.send(message);

  expect(await one.next()).toMatchObject({ type: "message" });
  expect(await rowsOf("chat_messages", conversationId)).toHaveLength(2);
});

test("11: over HTTP too, and the list of conversations shows the newest", async () => {
  const { chat, a: senderId, conversationId, one } = await connected();
  const message = { conversationId, senderId, content: "first", clientId: "draft-1" };
  const first = await ask(chat, "POST /send", message);
  at(1);
  await ask(chat, "POST /send", { ...message, content: "second", clientId: "draft-2" });
  at(2);

  const again = await ask(chat, "POST /send", message);

  const isError = (event: unknown) => (event as { type: string }).type === "error";
  expect(again).toEqual(first);
  expect(await one.soFar({ type: "shout" }, isError)).toMatchObject([
    { message: { content: "first" } },
    { message: { content: "second" } },
  ]);
  expect(await rowsOf("chat_conversations", conversationId)).toMatchObject([
    { last_message_preview: "second", last_message_at: new Date(start + 1).toISOString() },
  ]);
});
