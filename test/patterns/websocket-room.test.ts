import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { WebSocketRoom } from "../../src/patterns/index.ts";
import type { SmallRoom } from "../fixtures/patterns-room.ts";
import { objectOf } from "../support.ts";
import { Client, upgrade } from "../support/client.ts";

type Stub = DurableObjectStub<WebSocketRoom>;

describe("who comes and goes", () => {
  test("who joins is welcomed with the room's state, and the others hear of it", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const ada = await Client.open(room, "/rooms/lobby?userId=ada");
    const bob = await Client.open(room, "/rooms/lobby?userId=bob");

    expect(await ada.next()).toEqual({
      type: "welcome",
      userId: "ada",
      role: "member",
      roomState: { members: [member("ada")], history: [] },
    });
    expect(await bob.next()).toMatchObject({ type: "welcome", roomState: { members: [member("ada"), member("bob")] } });
    expect(await ada.next()).toEqual({ type: "user_joined", userId: "bob", role: "member", timestamp: anyTime });
  });

  test("who leaves is announced to those who stay", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    bob.close(1000, "bye");

    expect(await ada.next()).toEqual({ type: "user_left", userId: "bob", timestamp: anyTime });
    expect(await room.members()).toEqual([member("ada")]);
  });

  test("several sockets of a user are one member", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, phone] = await joined(room, "ada", "bob");
    const laptop = await Client.open(room, "/?userId=bob");
    await laptop.next();

    phone.close(1000);
    await phone.next();
    expect(await room.members()).toEqual([member("ada"), member("bob")]);
    laptop.close(1000);

    expect(await ada.next()).toMatchObject({ type: "user_left", userId: "bob" });
    expect(await room.members()).toEqual([member("ada")]);
  });

  test("two sockets of a user that close at once are one leave", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, phone] = await joined(room, "ada", "bob");
    const laptop = await Client.open(room, "/?userId=bob");
    await laptop.next();

    phone.close(1000);
    laptop.close(1000);
    await Promise.all([phone.next(), laptop.next()]);

    expect(await told(room, ada)).toEqual([{ type: "user_left", userId: "bob", timestamp: anyTime }]);
  });

  test("two that come at once for the last place are not both let in", async () => {
    const room = objectOf<WebSocketRoom>("SmallRoom");
    await joined(room, "ada");

    const answers = await Promise.all(["bob", "eve"].map((userId) => upgrade(room, `/?userId=${userId}`)));

    expect(answers.map(({ status }) => status).sort()).toEqual([101, 503]);
    expect(await answers.find(({ status }) => status === 503)!.json()).toMatchObject({ error_code: "ROOM_FULL" });
  });

  test("a member's second socket has its place in a full room", async () => {
    const room = objectOf<WebSocketRoom>("SmallRoom");
    await joined(room, "ada", "bob");

    expect((await upgrade(room, "/?userId=bob")).status).toBe(101);
  });

  test("presence is right at once after an eviction", async () => {
    const room = objectOf<SmallRoom>("SmallRoom");
    const [ada, bob] = await joined(room, "ada", "bob");
    await room.setRole("ada", "host");
    await bob.next();
    await ada.next();

    await evictDurableObject(room);

    expect(await room.members()).toEqual([{ ...member("ada"), role: "host" }, member("bob")]);
    await evictDurableObject(room);
    bob.close(1000);
    expect(await ada.next()).toMatchObject({ type: "user_left", userId: "bob" });
  });
});

describe("who may come", () => {
  test.for([
    ["nobody", ""],
    ["an empty name", "?userId="],
    ["a name of 129 characters", `?userId=${"a".repeat(129)}`],
  ] as const)("%s is refused", async ([_title, query]) => {
    const room = objectOf<WebSocketRoom>("PlainRoom");

    const answer = await upgrade(room, `/room${query}`);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error_code: "GROVE-LOOM-024" });
    expect(await room.members()).toEqual([]);
  });

  test("a plain request is told to upgrade", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");

    const answer = await room.fetch("https://object.test/room?userId=ada");

    expect(answer.status).toBe(426);
  });

  test("identify decides who a client is, whatever the query says", async () => {
    const room = objectOf<WebSocketRoom>("GuardedRoom");
    const ada = await Client.open(room, "/?ticket=gold&userId=eve");

    expect(await ada.next()).toMatchObject({ type: "welcome", userId: "ada", role: "host" });
    expect((await upgrade(room, "/?ticket=tin&userId=ada")).status).toBe(403);
    expect(await room.members()).toEqual([{ ...member("ada"), role: "host" }]);
  });

  test("the latest that identify said of a user is the role of all of its sockets", async () => {
    const room = objectOf<WebSocketRoom>("GuardedRoom");
    const ada = await Client.open(room, "/?ticket=gold");
    const again = await Client.open(room, "/?ticket=silver");

    expect(await ada.next()).toMatchObject({ role: "host" });
    expect(await again.next()).toMatchObject({ role: "guest", roomState: { members: [{ role: "guest" }] } });
    expect(await ada.next()).toEqual({ type: "role_changed", userId: "ada", role: "guest" });
  });

  test("a user that joins twice at once is announced once", async () => {
    const room = objectOf<WebSocketRoom>("GuardedRoom");
    const opened = await Promise.all([Client.open(room, "/?ticket=gold"), Client.open(room, "/?ticket=gold")]);

    for (const client of opened) expect(await client.next()).toMatchObject({ type: "welcome" });
    expect(await told(room, opened[0]!)).toEqual([]);
  });

  test("a room that cannot welcome lets nobody in", async () => {
    const room = objectOf<WebSocketRoom>("BrokenRoom");

    expect((await upgrade(room, "/?userId=ada")).status).toBe(500);

    expect(await (await room.fetch("https://object.test/who")).json()).toBe(0);
  });
});

describe("what is said", () => {
  test("a declared message knows its user, and is left out of what it tells", async () => {
    const room = objectOf<WebSocketRoom>("TypedRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    bob.send({ type: "wave" });
    ada.send({ type: "wave" });

    expect([await ada.next(), await bob.next()]).toEqual([
      { type: "waved", by: "bob" },
      { type: "waved", by: "ada" },
    ]);
  });

  test("the guide's ChatRoom tells everybody who said what", async () => {
    const room = objectOf<WebSocketRoom>("ChatRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    ada.send({ type: "chat", message: "Hello" });

    const chat = { type: "chat", userId: "ada", message: "Hello", timestamp: anyTime };
    expect(await ada.next()).toEqual(chat);
    expect(await bob.next()).toEqual(chat);
  });

  test("as it stands a room passes payloads on", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    ada.send({ type: "message", payload: "Hello, room!" });

    expect(await bob.next()).toEqual({ type: "message", userId: "ada", payload: "Hello, room!", timestamp: anyTime });
  });

  test.for([
    ["no JSON", "hello"],
    ["no object", "5"],
    ["bytes", new ArrayBuffer(2)],
  ] as const)("the sender hears of a message that is %s, and nobody else", async ([_title, message]) => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    ada.send(message);

    expect(await ada.next()).toMatchObject({ type: "error", code: "GROVE-LOOM-062" });
    expect(await told(room, bob)).toEqual([]);
  });

  test("a broadcast can leave out a socket, or a user with all of its sockets", async () => {
    const room = objectOf<WebSocketRoom>("GuardedRoom");
    const [ada, phone] = [await Client.open(room, "/?ticket=gold"), await Client.open(room, "/?ticket=gold")];
    for (const client of [ada, phone]) await client.next();

    ada.send("to the others");
    expect(await phone.next()).toEqual({ text: "to the others" });

    expect(await room.broadcast({ text: "to nobody" }, "ada")).toBe(0);
    expect(await room.broadcast({ text: "to all" })).toBe(2);
    expect(await ada.next()).toEqual({ text: "to all" });
  });

  test("one user can be told alone, on all of its sockets", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    expect(await room.sendTo("bob", { type: "whisper" })).toBe(1);
    expect(await room.sendTo("eve", { type: "whisper" })).toBe(0);

    expect(await bob.next()).toEqual({ type: "whisper" });
    expect(await told(room, ada)).toEqual([]);
  });
});

describe("the history", () => {
  test("has the last messages that are kept, and survives an eviction", async () => {
    const room = objectOf<WebSocketRoom>("SmallRoom");
    for (const text of ["1", "2", "3", "4"]) await room.broadcast({ text });
    await room.broadcast({ typing: true });

    await evictDurableObject(room);

    const ada = await Client.open(room, "/?userId=ada");
    const history = [{ text: "2" }, { text: "3" }, { text: "4" }];
    expect(await ada.next()).toMatchObject({ roomState: { history, prepared: 1 } });
  });

  test("keeps what was sent, and leaves the message to who sent it", async () => {
    const room = objectOf<SmallRoom>("SmallRoom");
    await room.count();

    const ada = await Client.open(room, "/?userId=ada");

    expect(await ada.next()).toMatchObject({ roomState: { history: [{ count: 0 }, { count: 1 }, { count: 2 }] } });
  });

  test("of a room that keeps none costs nothing", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada] = await joined(room, "ada");
    ada.send({ payload: 1 });
    await ada.next();

    expect(await tablesOf(room)).toEqual([]);
  });
});

describe("who has a say", () => {
  test("a role is told to all, and kept for who comes again", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, bob] = await joined(room, "ada", "bob");

    await room.setRole("bob", "moderator");

    expect(await ada.next()).toEqual({ type: "role_changed", userId: "bob", role: "moderator" });
    bob.close();
    expect(await ada.next()).toMatchObject({ type: "user_left" });
    await Client.open(room, "/?userId=bob");
    expect(await ada.next()).toMatchObject({ type: "user_joined", role: "moderator" });
  });

  test("who is kicked is gone at once, with all of its sockets, and is announced once", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada, bob] = await joined(room, "ada", "bob");
    const phone = await Client.open(room, "/?userId=bob");
    await phone.next();

    expect(await room.kick("bob", "spam")).toBe(true);

    expect(await room.members()).toEqual([member("ada")]);
    expect(await bob.next()).toEqual({ closed: 4003, reason: "spam" });
    expect(await phone.next()).toEqual({ closed: 4003, reason: "spam" });
    expect(await told(room, ada)).toEqual([{ type: "user_left", userId: "bob", timestamp: anyTime }]);
    expect(await room.kick("bob")).toBe(false);
  });

  test("who comes again after a kick is announced as new", async () => {
    const room = objectOf<WebSocketRoom>("PlainRoom");
    const [ada] = await joined(room, "ada", "bob");
    await room.kick("bob");
    await evictDurableObject(room);

    const again = await Client.open(room, "/?userId=bob");

    expect(await again.next()).toMatchObject({ type: "welcome" });
    expect(await told(room, ada)).toEqual([
      expect.objectContaining({ type: "user_left" }),
      expect.objectContaining({ type: "user_joined", userId: "bob" }),
    ]);
    expect(await room.members()).toEqual([member("ada"), member("bob")]);
  });
});

const anyTime: unknown = expect.any(Number);

function member(userId: string) {
  return { userId, role: "member", joinedAt: anyTime };
}

/** Clients that have joined in this order, with nothing left to read. */
async function joined(room: Stub, ...users: string[]): Promise<[Client, Client, ...Client[]]> {
  const clients: Client[] = [];
  for (const userId of users) {
    const client = await Client.open(room, `/?userId=${userId}`);
    await client.next();
    for (const other of clients) await other.next();
    clients.push(client);
  }
  return clients as [Client, Client]; // as many as there are users
}

/** What `client` was told until now. */
async function told(room: Stub, client: Client): Promise<unknown[]> {
  await room.broadcast({ type: "until here" });
  const found: unknown[] = [];
  for (;;) {
    const event = await client.next();
    if ((event as { type?: string }).type === "until here") return found;
    found.push(event);
  }
}

function tablesOf(room: Stub): Promise<unknown[]> {
  return runInDurableObject(room, (_object, { storage }) => [
    ...storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf_METADATA'"),
  ]);
}
