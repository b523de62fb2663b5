import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { SocketRoom } from "../fixtures/socket.ts";
import { WebSocketManager } from "../../src/websocket.ts";
import { objectOf } from "../support.ts";
import { Client, upgrade } from "../support/client.ts";

afterEach(() => void vi.restoreAllMocks());

async function room(...names: readonly string[]) {
  const stub = objectOf<SocketRoom>("SocketRoom");
  const clients: Client[] = [];
  for (const name of names) {
    const client = await Client.open(stub, `/rooms/a?name=${name}`);
    await client.next();
    clients.push(client);
  }
  return { stub, clients };
}

/** The platform's end of Bob's socket. */
function bobOf(ctx: DurableObjectState): WebSocket {
  return ctx.getWebSockets().find((socket) => JSON.stringify(socket.deserializeAttachment()).includes("Bob"))!;
}

test("a socket opens, speaks, is heard in its room, and closes", async () => {
  const { stub, clients } = await room("Ann", "Bob");
  const [ann, bob] = clients as [Client, Client];
  const cat = await Client.open(stub, "/rooms/b?name=Cat");
  expect(await cat.next()).toEqual({ type: "welcome", room: "b", name: "Cat" });

  ann.send({ type: "say", text: "hello" });
  expect(await bob.next()).toEqual({ type: "said", name: "Ann", text: "hello", said: 1 });

  bob.close(4001, "bye");
  const left = {
    type: "left",
    name: "Bob",
    code: 4001,
    reason: "bye",
    wasClean: true,
    present: ["Ann", "Cat"],
    count: 2,
  };
  expect(await cat.next()).toEqual(left);
  expect(await bob.next()).toEqual({ closed: 4001, reason: "bye" });
});

test("id, path, params, tags and state are the same after an eviction", async () => {
  const { stub, clients } = await room("Ann", "Bob");
  const [ann] = clients as [Client];
  ann.send({ type: "say", text: "one" });
  await ann.next();
  ann.send({ type: "who" });
  const before = await ann.next();

  await evictDurableObject(stub);
  ann.send({ type: "who" });
  const after = await ann.next();
  await evictDurableObject(stub);
  ann.send({ type: "say", text: "two" });

  expect(before).toEqual({
    type: "who",
    id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
    path: "/rooms/a",
    pattern: "/rooms/:room",
    params: { room: "a" },
    tags: ["room:a", "everybody"],
    names: ["Ann", "Bob"],
  });
  expect(after).toEqual(before);
  // Trap 23: the attachment is a copy. A change of the state is serialised again, or the count would start anew.
  expect(await ann.next()).toMatchObject({ said: 2 });
});

test("ids are made by the object, whatever the client asks for", async () => {
  const { stub } = await room();
  // Trap 29: an id from the query could be somebody else's.
  const ann = await Client.open(stub, "/rooms/a?name=Ann&id=admin&_pk=admin");
  await ann.next();

  ann.send({ type: "who" });

  expect(await ann.next()).toMatchObject({ id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown });
});

test.for([
  ["a hibernating object", true],
  ["an object that is awake", false],
] as const)("who closes is no longer present in %s", async ([, isEvicted]) => {
  const { stub, clients } = await room("Ann", "Bob", "Cat");
  if (isEvicted) await evictDurableObject(stub);

  clients[1]!.close(1000, "done");

  // Trap 25: the platform may still list the socket that closes.
  const left = {
    type: "left",
    name: "Bob",
    code: 1000,
    reason: "done",
    wasClean: true,
    present: ["Ann", "Cat"],
    count: 2,
  };
  expect(await clients[0]!.next()).toEqual(left);
  expect(await (await stub.fetch("https://object.test/count")).json()).toEqual({ count: 2 });
});

test.for([
  [undefined, 1005],
  [1000, 1000],
  [1001, 1001],
  [3000, 3000],
  [4999, 4999],
] as const)("a client that closes with %s is answered, and heard of as %s", async ([code, heard]) => {
  const { clients } = await room("Ann", "Bob");

  // Trap 24: 1005 cannot be sent back, and a client whose close frame is not answered waits.
  clients[1]!.close(code);

  expect(await clients[0]!.next()).toMatchObject({ type: "left", code: heard });
  expect(await clients[1]!.next()).toMatchObject({ closed: heard });
});

test.for([1005, 1006, 1015, 1004, 999, 5000])(
  "an end with the code %i is reported and breaks nothing",
  async (code) => {
    const { stub, clients } = await room("Ann", "Bob");

    // Trap 24: what an old client or a dead transport leaves behind.
    await runInDurableObject(stub, async (object: SocketRoom, ctx) => {
      await object.webSocketClose(bobOf(ctx), code, "", false);
    });

    expect(await clients[0]!.next()).toMatchObject({ type: "left", code, wasClean: false, count: 1 });
  },
);

test("a failure is reported once, and the end after it", async () => {
  const { stub, clients } = await room("Ann", "Bob");

  await runInDurableObject(stub, async (object: SocketRoom, ctx) => {
    const bob = bobOf(ctx);
    await object.webSocketError(bob, new Error("bad frame"));
    await object.webSocketClose(bob, 1006, "", false);
  });

  expect(await clients[0]!.next()).toEqual({ type: "failed", error: "Error: bad frame" });
  expect(await clients[0]!.next()).toMatchObject({ type: "left", name: "Bob", code: 1006, count: 1 });
  clients[0]!.send({ type: "who" });
  expect(await clients[0]!.next()).toMatchObject({ type: "who", names: ["Ann"] });
});

test("what fails while a socket is closing is no failure", async () => {
  const { stub, clients } = await room("Ann", "Bob");

  // Trap 27: teardown errors arrive for sockets that are closed already.
  await runInDurableObject(stub, async (object: SocketRoom, ctx) => {
    const bob = bobOf(ctx);
    bob.close(1000);
    await object.webSocketClose(bob, 1000, "", true);
    await object.webSocketError(bob, new Error("Network connection lost."));
  });

  expect(await clients[0]!.next()).toMatchObject({ type: "left", name: "Bob" });
  clients[0]!.send({ type: "who" });
  expect(await clients[0]!.next()).toMatchObject({ type: "who" });
});

test("a socket that the object closed and whose transport then fails has only ended", async () => {
  const { stub, clients } = await room("Ann", "Bob");

  await runInDurableObject(stub, async (object: SocketRoom, ctx) => {
    const bob = bobOf(ctx);
    new WebSocketManager(ctx).close(bob, 4000);
    await object.webSocketError(bob, new Error("Network connection lost."));
  });

  expect(await clients[0]!.next()).toMatchObject({ type: "left", name: "Bob", code: 1006 });
  clients[0]!.send({ type: "who" });
  expect(await clients[0]!.next()).toMatchObject({ type: "who", names: ["Ann"] });
});

test("ping is answered with pong without a wake", async () => {
  const { stub, clients } = await room("Ann");
  await evictDurableObject(stub);

  // Trap 28: the exact text, kept by the platform over the eviction.
  clients[0]!.send("ping");

  expect(await clients[0]!.next()).toBe("pong");
});

test("sockets that are accepted keep nothing else open: an upgrade that is refused leaves none", async () => {
  const { stub } = await room();

  const response = await upgrade(stub, "/rooms/a");

  expect(response.status).toBe(400);
  expect(await (await stub.fetch("https://object.test/count")).json()).toEqual({ count: 0 });
});
