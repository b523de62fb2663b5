import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { Client } from "../../support/client.ts";
import { allOf, at, comment, fill, like, minute, newUser } from "./notifications.ts";

afterEach(() => void vi.useRealTimers());

/** A user with a socket that has been told how many are unread. */
async function listening() {
  const user = newUser();
  const client = await Client.open(user.object, "/ws");
  await client.next();
  return { ...user, client };
}

test("who connects is told how many are unread", async () => {
  const { object } = newUser();
  await fill(object, 3);

  const client = await Client.open(object, "/ws");

  expect(await client.next()).toEqual({ type: "init", unreadCount: 3 });
});

test("7: a new one and a grown group are told, a repeat is not, and an eviction cuts nobody off", async () => {
  const { object, client } = await listening();

  await object.addNotification(like("ada"));
  await evictDurableObject(object);
  await object.addNotification(like("ada"));
  await object.addNotification(like("bob"));

  expect(await client.next()).toMatchObject({ type: "notification", notification: { actorId: "ada" }, unreadCount: 1 });
  expect(await client.next()).toMatchObject({
    ...{ type: "notification:update", notification: { actorIds: ["bob", "ada"], count: 2 }, unreadCount: 1 },
  });
});

test("5: what one tab has read all of the user's tabs are told, the one that did it too", async () => {
  const { object, client } = await listening();
  const { id } = await object.addNotification(comment("ada"));
  await client.next();
  const other = await Client.open(object, "/ws");
  await other.next();

  client.send({ type: "read", ids: [id, "unknown"] });

  const told = { type: "read", ids: [id], unreadCount: 0 };
  expect([await client.next(), await other.next()]).toEqual([told, told]);
});

test("all that is read is told as all, and what changes nothing is not told", async () => {
  const { object, client } = await listening();
  await object.addNotification(comment("ada"));
  await client.next();

  client.send({ type: "read", ids: "all" });
  client.send({ type: "read", ids: "all" });
  client.send({ type: "read", ids: ["unknown"] });
  client.send({ type: "no such message" });

  expect(await client.next()).toEqual({ type: "read", ids: "all", unreadCount: 0 });
  expect(await client.next()).toMatchObject({ type: "error" });
});

test.for<[string, string, string | object]>([
  ["062", "The message is not valid JSON.", "read"],
  ["062", "The message is not valid JSON.", new ArrayBuffer(4)],
  ["063", "This type of message is not known.", { type: "write" }],
  ["064", "The message is not valid.", { type: "read", ids: "some" }],
  ["064", "The message is not valid.", { type: "read" }],
  ["064", "The message is not valid.", { type: "read", ids: Array.from({ length: 501 }, () => "a") }],
  ["065", "The message is too large.", " ".repeat(80_001)],
])("a message that will not do is answered with GROVE-LOOM-%s, and the socket stays", async ([code, text, message]) => {
  const { object, client } = await listening();

  client.send(message);

  expect(await client.next()).toEqual({ type: "error", code: `GROVE-LOOM-${code}`, message: text });
  await object.addNotification(comment("ada"));
  expect(await client.next()).toMatchObject({ type: "notification" });
});

test("five hundred ids fit into one message", async () => {
  const { object, client } = await listening();
  const { id } = await object.addNotification(comment("ada"));
  await client.next();

  client.send({ type: "read", ids: [...Array.from({ length: 499 }, (_, n) => String(n).padStart(128, "0")), id] });

  expect(await client.next()).toMatchObject({ type: "read", ids: [id] });
});

test("8: a user has fifty sockets, and the next is a 503; one that is gone does not count, nor does an eviction", async () => {
  const { object } = newUser();
  const clients = await Promise.all(Array.from({ length: 50 }, () => Client.open(object, "/ws")));
  await evictDurableObject(object);

  const refused = await object.fetch("https://grove/ws", { headers: { Upgrade: "websocket" } });
  await clients[0]!.next(); // how many are unread
  clients[0]!.close(1000);
  await clients[0]!.next(); // the close, answered
  const again = await Client.open(object, "/ws");

  expect([refused.status, await refused.text()]).toEqual([503, "Too many connections"]);
  expect(await again.next()).toEqual({ type: "init", unreadCount: 0 });
});

test("a plain request to the socket's path is told to upgrade", async () => {
  expect((await newUser().object.fetch("https://grove/ws")).status).toBe(426);
});

test("ping is answered with pong", async () => {
  const { client } = await listening();

  client.send("ping");

  expect(await client.next()).toBe("pong");
});

test("4: the number of unread is right after an eviction", async () => {
  const { object } = newUser();
  await object.addNotification(comment("ada"));
  at(minute);
  await object.addNotification(comment("bob"));
  await object.markRead([(await allOf(object))[0]!.id]);

  await evictDurableObject(object);

  expect(await object.getUnreadCount()).toBe(1);
});
