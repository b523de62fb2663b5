import { wake } from "loom-do/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SuiteLoom, SuitePlain } from "../../fixtures/testing.ts";
import { Chatty } from "./fixtures.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

test("messages are read one after the other, JSON parsed", async () => {
  const room = wake(SuiteLoom);
  const ann = await room.connect("/room/ann");

  ann.send({ type: "say", text: "one" });
  ann.send({ type: "say", text: "two" });
  await room.settle();

  expect(ann.unread).toHaveLength(2);
  expect([await ann.next(), await ann.next()]).toMatchObject([{ text: "one" }, { text: "two" }]);
});

test("a lost connection arrives as 1006 at the object", async () => {
  const plain = wake(SuitePlain);
  const socket = await plain.connect("/socket");

  socket.drop();
  await plain.settle();

  expect(await plain.call.look()).toEqual([
    "close 1006 WebSocket disconnected without sending Close frame. false state 2",
  ]);
  expect(await plain.call.sockets()).toBe(0);
  expect(await socket.closed).toEqual({ code: 1006, reason: "", wasClean: false });
});

test("a crash loses the sockets: the clients see 1006, the object nothing", async () => {
  const plain = wake(SuitePlain);
  const socket = await plain.connect("/socket");
  expect(await socket.next()).toBe("welcome");

  plain.crash();

  expect(await socket.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  await expect(socket.next()).rejects.toThrow("The socket has ended");
  expect([await plain.call.look(), await plain.call.sockets()]).toEqual([[], 0]);
});

test("a message leaves when its turn is on disk, and never if that is taken back", async () => {
  const chatty = wake(Chatty);
  const socket = await chatty.connect();

  socket.send("keep");
  expect(await socket.next()).toEqual({ kept: 1 });
  socket.send("abort");
  await chatty.settle();
  expect(socket.unread).toEqual([]);

  socket.send("keep");
  expect(await socket.next()).toEqual({ kept: 2 });
});

test("an answer of the platform's is remembered with its time", async () => {
  const noon = Date.UTC(2030, 0, 1, 12);
  const plain = wake(SuitePlain, { now: noon });
  const socket = await plain.connect("/socket");
  socket.send("ping");
  await plain.settle();

  const answered = await plain.inside((_, ctx) => ctx.getWebSocketAutoResponseTimestamp(ctx.getWebSockets()[0]!));

  expect(answered).toEqual(new Date(noon));
});

test("a connection that fails is an error at the object", async () => {
  const chatty = wake(Chatty);
  const socket = await chatty.connect();

  socket.fail("illegal opcode");
  await chatty.settle();

  expect(await chatty.call.failures()).toEqual(["illegal opcode, state 2"]);
  expect(await chatty.inside((_, ctx) => ctx.getWebSockets())).toEqual([]);
});

// Spawned workerd, 2026-10-23.
test("a closing socket is in the list for its handler's first turn", async () => {
  const chatty = wake(Chatty);
  const socket = await chatty.connect();

  socket.close(4000, "bye");
  expect(await socket.closed).toEqual({ code: 4000, reason: "bye", wasClean: true });

  expect(await chatty.call.listed()).toEqual([1, 0]);
});

test.for([999, 1005, 1006, 1015, 5000])("close(%i) is no code to send", async (code) => {
  const plain = wake(SuitePlain);
  await plain.connect("/socket");

  const close = plain.inside((_, ctx) => ctx.getWebSockets()[0]!.close(code));

  await expect(close).rejects.toMatchObject({ name: "InvalidAccessError" });
});

test("the limits of sockets are the platform's", async () => {
  const plain = wake(SuitePlain);
  await plain.connect("/socket");

  await plain.inside((_, ctx) => {
    const [socket] = ctx.getWebSockets() as [WebSocket];
    expect(() => socket.close(4000, "é".repeat(62))).toThrow("123 bytes");
    expect(() => socket.serializeAttachment("x".repeat(16_400))).toThrow("cannot be larger than 16384 bytes");
    expect(() => ctx.acceptWebSocket(socket)).toThrow("already used");
    const fresh = () => new WebSocketPair()[1];
    expect(() =>
      ctx.acceptWebSocket(
        fresh(),
        Array.from({ length: 11 }, (_, index) => `tag ${index}`),
      ),
    ).toThrow("more than 10 tags");
    expect(() => ctx.acceptWebSocket(fresh(), ["x".repeat(257)])).toThrow("max tag length");
  });
});

test("a wake sees its sockets as objects of its own", async () => {
  const plain = wake(SuitePlain);
  await plain.connect("/socket");
  const socketOf = () => plain.inside((_, ctx) => ctx.getWebSockets()[0]!);
  const before = await socketOf();

  expect(await socketOf()).toBe(before);
  await plain.evict();

  expect(await socketOf()).not.toBe(before);
  expect(before).toBeInstanceOf(WebSocket);
});

test("a subprotocol is asked for and chosen", async () => {
  const socket = await wake(Chatty).connect("/", { protocols: ["v1", "v2"], headers: { "x-user": "ann" } });

  expect(socket.protocol).toBe("v2");
  expect(await socket.next()).toEqual({ user: "ann" });
});

test("a socket that was accepted for events gets them in its object", async () => {
  const chatty = wake(Chatty);
  const socket = await chatty.connect("/events");

  socket.send("hello");

  expect(await socket.next()).toBe("heard hello");
});
