import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import type { WebSocketManager } from "loom-do";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { chatD1 } from "../../fixtures/grove/chat.ts";
import type { Client } from "../../support/client.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, noRoute } from "../support/grove.ts";
import { at, connected, join, newChat, newConversation, now, rowsOf, start, stored, told } from "./chats.ts";

const image = { url: "https://grove.place/a.png", width: 4, height: 3 };

/** True for the answer to a message of a type that nobody knows. */
const isUnknown = (event: unknown) => (event as { readonly code?: string }).code === "CHAT-003";

/** A text that is made so long. */
function long(start: string, length: number, filling = "a") {
  return start.padEnd(length, filling);
}

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

test("an image may have an address of 2,048 characters, a text of 500, and a message 32 KiB", async () => {
  const { conversationId, one, other } = await connected();
  const metadata = { ...image, url: long("https://g.pl/", 2_048), alt: "a".repeat(500) };
  const message = { type: "message", conversation_id: conversationId, content_type: "image", metadata };

  one.send(long(JSON.stringify(message), 32_768, " "));

  expect(await other.next()).toMatchObject({ message: { metadata } });
});

test("who cannot be told from others is told so, whatever it says", async () => {
  const { chat, conversationId, one } = await connected();
  await runInDurableObject(chat, (object) => {
    const { sockets } = object as unknown as { readonly sockets: WebSocketManager }; // protected: a tool of the object's
    for (const socket of sockets.getConnections()) socket.state = undefined;
  });

  one.send({ type: "message", conversation_id: conversationId, content: "Hello" });
  one.send({ type: "typing", conversation_id: conversationId });
  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: "m" });

  const unknown = told("001", "Connection not authenticated");
  expect([await one.next(), await one.next(), await one.next()]).toEqual([unknown, unknown, unknown]);
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

test("a preview that would end in half a character has a mark in its place", async () => {
  const { conversationId, one, other } = await connected();

  one.send({ type: "message", conversation_id: conversationId, content: `${"a".repeat(199)}😀` });
  await other.next();

  const [conversation] = await rowsOf("chat_conversations", conversationId);
  expect(conversation).toMatchObject({ last_message_preview: `${"a".repeat(199)}\ufffd...` });
});

test("D1 is asked once which conversation is theirs", async () => {
  const { chat, conversationId, one } = await connected("ChatOnFailingD1");
  const message = { type: "message", conversation_id: conversationId, content: "Hello" };
  one.send(message);
  await one.next();
  await evictDurableObject(chat);
  chatD1.missing = "participant_a AS a";

  one.send(message);

  expect(await one.next()).toMatchObject({ type: "message:ack" });
});

test("a preview is never of an older message than the one that is shown", async () => {
  const { conversationId, one } = await connected();
  const later = new Date(start + 1).toISOString();
  await grove.DB.prepare(
    "UPDATE chat_conversations SET last_message_preview = 'newer', last_message_at = ? WHERE id = ?",
  )
    .bind(later, conversationId)
    .run();

  one.send({ type: "message", conversation_id: conversationId, content: "older" });
  await one.next();

  expect(await rowsOf("chat_messages", conversationId)).toHaveLength(1);
  expect(await rowsOf("chat_conversations", conversationId)).toMatchObject([
    { last_message_preview: "newer", last_message_at: later },
  ]);
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

test.for([["none"], [null]])("a cursor that is at %s of the messages there are goes on from there", async ([at]) => {
  const { a, conversationId, one } = await connected();
  const id = crypto.randomUUID();
  await stored(conversationId, id);
  await grove.DB.prepare("INSERT INTO chat_read_cursors VALUES (?, ?, ?, ?)").bind(conversationId, a, at, now).run();

  one.send({ type: "read", conversation_id: conversationId, last_read_message_id: id });

  expect(await one.next()).toMatchObject({ type: "read", last_read_message_id: id });
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
    "an address over 2,048 characters",
    {
      type: "message",
      conversation_id: "c",
      content_type: "image",
      metadata: { ...image, url: long("https://g.pl/", 2_049) },
    },
    told("002", "Invalid message format"),
  ],
  [
    "an image of no width",
    { type: "message", conversation_id: "c", content_type: "image", metadata: { ...image, width: 0 } },
    told("002", "Invalid message format"),
  ],
  [
    "an image of half a height",
    { type: "message", conversation_id: "c", content_type: "image", metadata: { ...image, height: 1.5 } },
    told("002", "Invalid message format"),
  ],
  ["more than 32 KiB", long('{"type":"typing"}', 32_769, " "), told("002", "Invalid message format")],
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

test.for([
  ["types", "typing", "message"],
  ["sends messages", "message", "typing"],
] as const)("a person %s sixty times in a minute, over all of its sockets", async ([, kind, otherKind]) => {
  const { chat, a, conversationId, one, other } = await connected();
  const secondTab = await join(chat, a);
  const send = (client: Client, type: string) =>
    client.send({ type, conversation_id: conversationId, content: "Hello" });
  Array.from({ length: 60 }, () => send(one, kind));
  await one.soFar({ type: "shout" }, isUnknown);

  send(secondTab, kind);
  send(secondTab, otherKind);
  const answers = await secondTab.soFar({ type: "shout" }, isUnknown);
  at(60_000);
  send(secondTab, kind);
  await secondTab.soFar({ type: "shout" }, isUnknown);

  const heard = (await other.soFar({ type: "shout" }, isUnknown)) as { type: string }[];
  expect(answers).toContainEqual(told("429", "Too many messages"));
  expect(heard.map(({ type }) => type)).toEqual([...Array<string>(60).fill(kind), otherKind, kind]);
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

test.for(["GET /nothing", "POST /nothing", "GET /"])("%s is a path that nothing answers", async (line) => {
  const { chat } = await newChat();

  expect(await ask(chat, line, line.startsWith("POST") ? {} : undefined)).toEqual(noRoute);
});

test("a client's own name for a message comes back with the acknowledgement", async () => {
  const { conversationId, one } = await connected();

  one.send({ type: "message", conversation_id: conversationId, content: "Hello", client_id: "draft-1" });

  expect(await one.next()).toMatchObject({ type: "message:ack", client_id: "draft-1" });
});
