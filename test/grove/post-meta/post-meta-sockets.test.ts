import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client, upgrade } from "../../support/client.ts";
import { capture } from "../../support/log.ts";
import { ask, data, json } from "../support/grove.ts";
import { openByHand } from "../support/sockets.ts";
import { madePost, metaOf, newPost, now, view } from "./metas.ts";

const present = (activeReaders: number) => ({ type: "presence", data: { activeReaders } });
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Connects so many readers, whose first message is read. */
async function readers(post: DurableObjectStub, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  for (let left = count; left > 0; left -= 1) {
    const client = await Client.open(post);
    await client.next();
    clients.push(client);
  }
  return clients;
}

/** What `client` has been sent before the answer to a presence message of its own. */
function before(client: Client): Promise<unknown[]> {
  return client.soFar({ type: "presence" }, (event) => (event as { type: string }).type === "presence");
}

test("who connects is told the post and how many read it, itself included", async () => {
  const post = await madePost("oak");
  await readers(post, 1);

  const second = await Client.open(post, "/any/path?at=all");

  const meta = await metaOf(post);
  expect(await second.next()).toEqual({ type: "init", data: { meta, presence: { activeReaders: 2 } } });
});

test("who connects before the post is made is told nothing", async () => {
  const client = await Client.open(newPost());

  expect(await before(client)).toEqual([]);
});

test("views and reactions are pushed to everybody when they change something", async () => {
  const post = await madePost();
  const [one, other] = (await readers(post, 2)) as [Client, Client];

  await view(post, "ada");
  await view(post, "ada");
  await ask(post, "POST /reactions", { type: "like", userId: "ada" });
  await ask(post, "POST /reactions", { type: "like", userId: "ada" });
  await ask(post, "DELETE /reactions", { type: "bookmark", userId: "ada" });
  await ask(post, "DELETE /reactions", { type: "like", userId: "ada" });

  const pushed = [
    { type: "view", data: { viewCount: 1 } },
    { type: "reaction", data: { reactions: { likes: 1, bookmarks: 0 } } },
    { type: "reaction", data: { reactions: { likes: 0, bookmarks: 0 } } },
  ];
  expect(await before(one)).toEqual(pushed);
  expect(await other.next()).toEqual(pushed[0]);
});

test.for([
  ["with a session", '{"type":"presence","data":{"sessionId":"ada"}}'],
  ["without a session", '{"type":"presence","data":{}}'],
  ["without data", '{"type":"presence"}'],
  ["that is no JSON", "hello"],
  ["that is empty", ""],
  ["of 4 KiB", `"${"x".repeat(4_096)}`.slice(0, 4_096)],
  ["with a session of 128 characters", JSON.stringify({ type: "presence", data: { sessionId: "x".repeat(128) } })],
] as const)("a presence message %s is answered to all, its sender included", async ([, message]) => {
  const [one, other] = (await readers(await madePost(), 2)) as [Client, Client];

  one.send(message);

  expect([await one.next(), await other.next()]).toEqual([present(2), present(2)]);
});

test.for([
  ["of another type", '{"type":"view"}'],
  ["without a type", "{}"],
  ["that is a list", "[]"],
  ["with an empty session", '{"type":"presence","data":{"sessionId":""}}'],
  ["with a session of 129 characters", JSON.stringify({ type: "presence", data: { sessionId: "x".repeat(129) } })],
  ["over 4 KiB", "x".repeat(4_097)],
  ["over 4 KiB in bytes", "é".repeat(2_049)],
  ["that is binary", new TextEncoder().encode('{"type":"presence"}').buffer],
] as const)("a message %s is ignored", async ([, message]) => {
  const [one] = (await readers(await madePost(), 1)) as [Client];

  one.send(message);

  expect(await before(one)).toEqual([]);
  expect(await one.soFar("ping", (event) => event === "pong")).toEqual([]);
});

test("a reader sends thirty messages in ten seconds, and the next closes its socket", async () => {
  capture();
  const [one, other] = (await readers(await madePost(), 2)) as [Client, Client];
  Array.from({ length: 29 }, () => one.send({ type: "view" }));
  one.send({ type: "presence" });
  one.send({ type: "presence" });

  expect([await one.next(), await one.next()]).toMatchObject([present(2), { closed: 1008 }]);
  expect([await other.next(), await other.next()]).toEqual([present(2), present(1)]);
});

test("a session is one reader, however many sockets and views it has", async () => {
  const post = await madePost();
  const [one, other, third] = (await readers(post, 3)) as [Client, Client, Client];
  await view(post, "ada");

  one.send({ type: "presence", data: { sessionId: "ada" } });
  expect([await third.next(), await third.next()]).toEqual([{ type: "view", data: { viewCount: 1 } }, present(3)]);
  other.send({ type: "presence", data: { sessionId: "bob" } });
  expect(await third.next()).toEqual(present(3));
  third.send({ type: "presence", data: { sessionId: "bob" } });

  expect(await third.next()).toEqual(present(2));
});

test("a session that only its view tells of is here for five minutes, one with a socket as long as that is open", async () => {
  const post = await madePost();
  await view(post, "ada");
  const [bob] = (await readers(post, 1)) as [Client];
  bob.send({ type: "presence", data: { sessionId: "bob" } });
  await bob.next();

  vi.setSystemTime(now + 5 * minute);
  expect(await ask(post, "GET /presence")).toEqual(json({ activeReaders: 2, lastActivity: now }));
  vi.setSystemTime(now + 5 * minute + 1);
  expect(data(await ask(post, "GET /presence"))).toMatchObject({ activeReaders: 1 });
});

test("presence is the same after an eviction", async () => {
  const post = await madePost();
  await view(post, "ada");
  vi.setSystemTime(now + minute);
  const [one, other] = (await readers(post, 2)) as [Client, Client];
  one.send({ type: "presence", data: { sessionId: "bob" } });
  await other.next();

  await evictDurableObject(post);

  expect(await ask(post, "GET /presence")).toEqual(json({ activeReaders: 3, lastActivity: now + minute }));
});

test("the 1,001st socket is refused", async () => {
  const post = newPost();
  const others = await openByHand(post, 999);
  const last = await Client.open(post);

  const refused = await upgrade(post, "/");

  expect([refused.status, await refused.text()]).toEqual([503, "Too many readers"]);
  expect(others).toHaveLength(999);
  expect(await before(last)).toEqual([]);
});
