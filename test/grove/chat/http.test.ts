import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ChatMessage } from "../../../examples/grove/types.ts";
import { chatD1 } from "../../fixtures/grove/chat.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, data, json } from "../support/grove.ts";
import { at, connected, join, newChat, now, rowsOf, start, stored } from "./chats.ts";

beforeAll(prepareDatabase);
afterEach(() => {
  chatD1.missing = undefined;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function refused(status: number, error: string) {
  return json({ error }, status);
}

test("what is sent is stored, answered and told to all sockets, the sender's too", async () => {
  const { chat, a: senderId, conversationId, one, other } = await connected();

  const answer = await ask(chat, "POST /send", { conversationId, senderId, content: "Hello" });

  const message = {
    ...{ id: expect.any(String), conversation_id: conversationId, sender_id: senderId, content: "Hello" },
    ...{ content_type: "text", metadata: null, created_at: now, retracted_at: null },
  };
  expect([answer[0], data(answer)]).toEqual([200, { success: true, message }]);
  expect([await one.next(), await other.next()]).toEqual(Array(2).fill({ type: "message", message }));
  expect(await rowsOf("chat_messages", conversationId)).toEqual([message]);
});

test("a relay is told and not stored", async () => {
  const { chat, a: senderId, conversationId, other } = await connected();
  const createdAt = "2029-12-31T23:59:59.000Z";
  const relay = { conversationId, senderId, content: "Hello", alreadyPersisted: true, messageId: "m1", createdAt };

  const answer = await ask(chat, "POST /send", relay);

  expect(data(answer)).toMatchObject({ success: true, message: { id: "m1", created_at: createdAt } });
  expect(await other.next()).toMatchObject({ type: "message", message: { id: "m1" } });
  expect(await rowsOf("chat_messages", conversationId)).toEqual([]);
});

test("a relay needs no database; all else does", async () => {
  const { chat, a: senderId, conversationId } = await newChat("ChatWithoutDatabase");
  const message = { conversationId, senderId, content: "Hello" };

  expect(await ask(chat, "POST /send", message)).toEqual(refused(503, "Service unavailable"));
  expect(await ask(chat, "GET /history")).toEqual(refused(503, "Service unavailable"));
  expect((await ask(chat, "POST /send", { ...message, alreadyPersisted: true, messageId: "m1" }))[0]).toBe(200);
});

test.for<[string, object | string, number, string]>([
  ["no JSON", "{", 400, "Invalid request body"],
  ["no object", "null", 400, "Invalid request body"],
  ["no conversation", { conversationId: undefined }, 400, "Invalid request body"],
  ["no sender", { senderId: "" }, 400, "Invalid request body"],
  ["content that is no text", { content: { a: 1 } }, 400, "Invalid request body"],
  ["an image that is none", { contentType: "image", metadata: { url: "x" } }, 400, "Invalid request body"],
  ["another kind of content", { contentType: "video", content: "" }, 400, "Invalid content type"],
  ["empty content", { content: "" }, 400, "Message content required"],
  ["long content", { content: "a".repeat(4_001) }, 400, "Message too long (max 4000 characters)"],
  ["a relay without an id", { alreadyPersisted: true }, 400, "Missing messageId for alreadyPersisted broadcast"],
  ["somebody else", { senderId: "mallory" }, 403, "Forbidden"],
  ["another conversation", { conversationId: "c2" }, 403, "Forbidden"],
  ["a relay of somebody else", { senderId: "mallory", alreadyPersisted: true, messageId: "m1" }, 403, "Forbidden"],
  ["a relay into another one", { conversationId: "c2", alreadyPersisted: true, messageId: "m1" }, 403, "Forbidden"],
])("POST /send with %s is refused, and nothing is stored", async ([, change, status, error]) => {
  const { chat, a: senderId, conversationId } = await newChat();
  const body = typeof change === "string" ? change : { conversationId, senderId, content: "Hello", ...change };

  expect(await ask(chat, "POST /send", body)).toEqual(refused(status, error));
  expect(await rowsOf("chat_messages", conversationId)).toEqual([]);
});

test("4,000 characters are taken", async () => {
  const { chat, a: senderId, conversationId } = await newChat();

  const answer = await ask(chat, "POST /send", { conversationId, senderId, content: "a".repeat(4_000) });

  expect(answer[0]).toBe(200);
});

test.for([
  ["POST /send", "chat_conversations", "Authorization check failed"],
  ["POST /send", "INTO chat_messages", "Failed to send message"],
  ["GET /history", "chat_conversations", "Authorization check failed"],
  ["GET /history", "FROM chat_messages", "Failed to fetch history"],
] as const)("%s while D1 fails at %s is a 500", async ([line, table, error]) => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const { chat, a, conversationId } = await newChat("ChatOnFailingD1");
  chatD1.missing = table;
  const request =
    line === "GET /history"
      ? ask(chat, `${line}?conversationId=${conversationId}&tenantId=${a}`)
      : ask(chat, line, { conversationId, senderId: a, content: "Hello" });

  expect(await request).toEqual(refused(500, error));
  expect(logged).toHaveBeenCalled();
});

async function historyOf(chat: DurableObjectStub, query: Record<string, string>) {
  return data<{ messages: ChatMessage[]; nextCursor?: string }>(
    await ask(chat, `GET /history?${new URLSearchParams(query)}`),
  );
}

test("history is a page of messages, the oldest first", async () => {
  const { chat, a: tenantId, conversationId } = await newChat();
  for (const minute of [1, 2, 3])
    await stored(conversationId, `m${minute}-${tenantId}`, { created_at: new Date(start + minute).toISOString() });

  const { messages } = await historyOf(chat, { conversationId, tenantId, limit: "2" });
  const earlier = await historyOf(chat, { conversationId, tenantId, before: messages[0]!.created_at });

  expect(messages.map(({ id }) => id.slice(0, 2))).toEqual(["m2", "m3"]);
  expect(earlier).toMatchObject({ messages: [{ id: `m1-${tenantId}` }] });
  expect(earlier).not.toHaveProperty("nextCursor");
});

test("of a retracted message nothing is shown but that it was", async () => {
  const { chat, a: tenantId, conversationId } = await newChat();
  const metadata = '{"url":"https://grove.place/a.png","width":1,"height":1}';
  await stored(conversationId, `gone-${tenantId}`, { content_type: "image", metadata, retracted_at: now });

  expect((await historyOf(chat, { conversationId, tenantId })).messages).toMatchObject([
    { content: "", metadata: null, retracted_at: now },
  ]);
});

test.for([
  [undefined, 50],
  ["many", 50],
  ["0", 1],
  ["-3", 1],
  ["100", 100],
  ["101", 100],
  ["2.9", 2],
] as const)("a limit of %s gives %i messages", async ([limit, expected]) => {
  const { chat, a: tenantId, conversationId } = await newChat();
  await Promise.all(Array.from({ length: 101 }, (_, n) => stored(conversationId, `${n}-${tenantId}`)));

  const { messages } = await historyOf(chat, { conversationId, tenantId, ...(limit && { limit }) });

  expect(messages).toHaveLength(expected);
});

test("the other one reads the same history; who is neither, or asks for another, does not", async () => {
  const { chat, a, b, conversationId } = await newChat();
  await stored(conversationId, `m-${a}`);

  const theirs = await historyOf(chat, { conversationId, tenantId: b });

  expect(theirs.messages).toHaveLength(1);
  expect(await ask(chat, `GET /history?conversationId=${conversationId}`)).toEqual(refused(400, "Missing tenantId"));
  expect(await ask(chat, "GET /history?tenantId=a")).toEqual(refused(400, "Missing conversationId"));
  expect(await ask(chat, `GET /history?conversationId=${conversationId}&tenantId=mallory`)).toEqual(
    refused(403, "Forbidden"),
  );
  expect(await ask(chat, `GET /history?conversationId=c2&tenantId=${a}`)).toEqual(refused(403, "Forbidden"));
});

test("a cursor that was made up is a 400", async () => {
  const { chat, a, conversationId } = await newChat();

  const answer = await ask(chat, `GET /history?conversationId=${conversationId}&tenantId=${a}&cursor=x`);

  expect([answer[0], data(answer)]).toMatchObject([400, { issues: [{ message: "Invalid cursor" }] }]);
});

test("a time that goes on between two messages is in them", async () => {
  const { chat, a, conversationId } = await newChat();
  const client = await join(chat, a);
  await ask(chat, "POST /send", { conversationId, senderId: a, content: "one" });
  at(1);
  await ask(chat, "POST /send", { conversationId, senderId: a, content: "two" });

  const told = [await client.next(), await client.next()] as { message: ChatMessage }[];

  expect(told.map(({ message }) => Date.parse(message.created_at) - start)).toEqual([0, 1]);
});
