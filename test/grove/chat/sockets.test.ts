import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { chatD1 } from "../../fixtures/grove/chat.ts";
import { prepareDatabase } from "../support/database.ts";
import { connected, join, newChat, newConversation, now, rowsOf, stored, told } from "./chats.ts";

const image = { url: "https://grove.place/a.png", width: 4, height: 3 };

beforeAll(prepareDatabase);
afterEach(() => {
  chatD1.missing = undefined;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a message is stored, acknowledged to its sender and told to every other socket, across an eviction", async () => {
  const { chat, a, conversationId, one, other } = await connected();
  const secondTab = await join(chat, a);
  await evictDurableObject(chat);

  one.send({ type: "message", conversation_id: conversationId, content: "Hello" });
  const ack = (await one.next()) as { message_id: string };

  const message = {
    ...{ id: ack.message_id, conversation_id: conversationId, sender_id: a, content: "Hello", content_type: "text" },
    ...{ metadata: null, created_at: now, retracted_at: null },
  };
  expect(ack).toEqual({ type: "message:ack", message_id: expect.stringMatching(/^[\da-f-]{36}$/), created_at: now });
  expect([await other.next(), await secondTab.next()]).toEqual(Array(2).fill({ type: "message", message }));
  expect(await rowsOf("chat_messages", conversationId)).toEqual([message]);
  expect(await rowsOf("chat_conversations", conversationId)).toMatchObject([
    { last_message_preview: "Hello", last_message_at: now, updated_at: now },
  ]);
});

test("an image needs no text, and has its metadata", async () => {
  const { conversationId, one, other } = await connected();

  one.send({ type: "message", conversation_id: conversationId, content_type: "image", metadata: image });

  expect(await other.next()).toMatchObject({ message: { content: "", content_type: "image", metadata: image } });
  expect(await rowsOf("chat_conversations", conversationId)).toMatchObject([{ last_message_preview: "[image]" }]);
});

test("a text's metadata is left out", async () => {
  const { conversationId, one, other } = await connected();

  one.send({ type: "message", conversation_id: conversationId, content: "Hello", metadata: image });

  expect(await other.next()).toMatchObject({ message: { metadata: null } });
});

test("a preview is cut after two hundred characters", async () => {
  const { conversationId, one, other } = await connected();

  one.send({ type: "message", conversation_id: conversationId, content: "a".repeat(4_000) });
  await other.next();

  const [conversation] = await rowsOf("chat_conversations", conversationId);
  expect(conversation).toMatchObject({ last_message_preview: `${"a".repeat(200)}...` });
});

test("typing is told to every other socket", async () => {
  const { a, conversationId, one, other } = await connected();

  one.send({ type: "typing", conversation_id: conversationId });

  expect(await other.next()).toEqual({ type: "typing", conversation_id: conversationId, sender_id: a });
});

test("what was read is told to all sockets, the reader's too", async () => {
  const { a, conversationId, one, other } = await connected();
  const id = crypto.randomUUID();
  await stored(conversationId, id);

  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: id });

  const read = { type: "read", conversation_id: conversationId, tenant_id: a, last_read_message_id: id };
  expect([await one.next(), await other.next()]).toEqual([read, read]);
  expect(await rowsOf("chat_read_cursors", conversationId)).toEqual([
    { conversation_id: conversationId, tenant_id: a, last_read_message_id: id, last_read_at: now },
  ]);
});

test("a message of another conversation is not read here", async () => {
  const { conversationId, one } = await connected();
  const elsewhere = await newConversation(crypto.randomUUID(), "z");
  const id = crypto.randomUUID();
  await stored(elsewhere, id);

  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: id });
  one.send("{");

  expect(await one.next()).toEqual(told("002", "Invalid message format"));
  expect(await rowsOf("chat_read_cursors", conversationId)).toEqual([]);
});

test.for<[string, object | string | ArrayBuffer, object]>([
  ["no JSON", "{", told("002", "Invalid message format")],
  ["no type", {}, told("002", "Invalid message format")],
  ["binary", new ArrayBuffer(2), told("002", "Invalid message format")],
  ["an unknown type", { type: "shout" }, told("003", "Unknown message type")],
  ["no content", { type: "message", conversation_id: "c" }, told("004", "Message content required")],
  ["empty content", { type: "message", conversation_id: "c", content: "" }, told("004", "Message content required")],
  [
    "long content",
    { type: "message", conversation_id: "c", content: "a".repeat(4_001) },
    told("005", "Message too long (max 4000 characters)"),
  ],
  ["no conversation", { type: "message", content: "Hello" }, told("006", "Missing conversation_id")],
  [
    "another kind of content",
    { type: "message", conversation_id: "c", content: "", content_type: "video" },
    told("007", "Invalid content type"),
  ],
  [
    "content that is no text",
    { type: "message", conversation_id: "c", content: 7 },
    told("002", "Invalid message format"),
  ],
  [
    "an image over http",
    {
      type: "message",
      conversation_id: "c",
      content_type: "image",
      metadata: { ...image, url: "http://grove.place/a.png" },
    },
    told("002", "Invalid message format"),
  ],
  [
    "an image without a size",
    { type: "message", conversation_id: "c", content_type: "image", metadata: { url: image.url } },
    told("002", "Invalid message format"),
  ],
  [
    "an image's text over 500 characters",
    { type: "message", conversation_id: "c", content_type: "image", metadata: { ...image, alt: "a".repeat(501) } },
    told("002", "Invalid message format"),
  ],
])("a message with %s is told to its sender alone, and the socket stays", async ([, message, answer]) => {
  const { conversationId, one } = await connected();

  one.send(message);
  one.send({ type: "message", conversation_id: conversationId, content: "Hello" });

  expect(await one.next()).toEqual(answer);
  expect(await one.next()).toMatchObject({ type: "message:ack" });
});

test.for([
  { type: "typing" },
  { type: "typing", conversation_id: 7 },
  { type: "read", conversation_id: "c" },
  { type: "read", last_read_message_id: "m" },
  { type: "read", conversation_id: "c", last_read_message_id: "m".repeat(65) },
])("%j is passed over", async (message) => {
  const { one } = await connected();

  one.send(message);
  one.send({ type: "shout" });

  expect(await one.next()).toEqual(told("003", "Unknown message type"));
});

test("without a database nothing is sent, typing is, and what was read is passed over", async () => {
  const { a, conversationId, one, other } = await connected("ChatWithoutDatabase");

  one.send({ type: "message", conversation_id: conversationId, content: "" });
  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: "m" });
  one.send({ type: "typing", conversation_id: conversationId });

  expect(await one.next()).toEqual(told("010", "Service unavailable"));
  expect(await other.next()).toEqual({ type: "typing", conversation_id: conversationId, sender_id: a });
});

test.for(["chat_messages", "chat_conversations"])(
  "a message that D1 does not take, %s, is told and logged",
  async (table) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { conversationId, one } = await connected("ChatOnFailingD1");
    chatD1.missing = table;

    one.send({ type: "message", conversation_id: conversationId, content: "Hello" });

    expect(await one.next()).toEqual(told("011", "Failed to send message"));
    expect(logged).toHaveBeenCalled();
  },
);

test("a conversation nobody has is none to send to", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { one } = await connected();

  one.send({ type: "message", conversation_id: "nobody's", content: "Hello" });

  expect(await one.next()).toEqual(told("011", "Failed to send message"));
});

test("a person sends sixty messages in a minute, and types sixty times, over all of its sockets", async () => {
  const { chat, a, conversationId, one } = await connected();
  const secondTab = await join(chat, a);
  for (const _ of Array(60)) one.send({ type: "typing", conversation_id: conversationId });

  one.send({ type: "typing", conversation_id: conversationId });
  const answer = await one.next();
  secondTab.send({ type: "message", conversation_id: conversationId, content: "Hello" });

  expect(answer).toEqual(told("429", "Too many messages"));
  expect(await one.next()).toMatchObject({ type: "message" });
});

test("a person has twenty sockets, and the next is a 503; the other's do not count", async () => {
  const { chat, a, b } = await newChat();
  await Promise.all(Array.from({ length: 20 }, () => join(chat, a)));
  await evictDurableObject(chat);

  const refused = await chat.fetch(`https://grove/?tenantId=${a}`, { headers: { Upgrade: "websocket" } });

  expect([refused.status, await refused.text()]).toEqual([503, "Too many connections"]);
  await join(chat, b);
});

test.for([
  ["/ws", 400, "Missing tenantId"],
  ["/ws?tenantId=", 400, "Missing tenantId"],
] as const)("an upgrade of %s is a %i", async ([path, status, text]) => {
  const { chat } = await newChat();

  const upgrade = await chat.fetch(`https://grove${path}`, { headers: { Upgrade: "websocket" } });
  const plain = await chat.fetch(`https://grove${path}`);

  expect([upgrade.status, await upgrade.text(), plain.status, await plain.text()]).toEqual([
    status,
    text,
    status,
    text,
  ]);
});

test("a plain request for a socket is told to upgrade", async () => {
  const { chat } = await newChat();

  const response = await chat.fetch("https://grove/ws?tenantId=a");

  expect([response.status, await response.text()]).toEqual([426, "Expected WebSocket"]);
});

test("a client's own name for a message comes back with the acknowledgement", async () => {
  const { conversationId, one } = await connected();

  one.send({ type: "message", conversation_id: conversationId, content: "Hello", client_id: "draft-1" });

  expect(await one.next()).toMatchObject({ type: "message:ack", client_id: "draft-1" });
});
