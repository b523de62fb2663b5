import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Client, upgrade } from "../../support/client.ts";
import { capture } from "../../support/log.ts";
import { prepareDatabase } from "../support/database.ts";
import { openByHand } from "../support/sockets.ts";
import { comment, during, newPost, now, rowsOf, viewer } from "./posts.ts";

const invalid = { type: "error", code: "POST-400", message: "The message is not valid." };
const unknownParent = { type: "error", code: "POST-400", message: "The comment that this one answers is not known." };
const tooManyKinds = {
  ...{ type: "error", code: "POST-400" },
  message: "This post has as many kinds of reactions as it may have.",
};
const tooLong = { type: "error", code: "POST-413", message: "The message is too long." };
const tooFast = { type: "error", code: "POST-429", message: "Too many comments. Please wait a minute." };
const notSaved = { type: "error", code: "POST-503", message: "The comment could not be saved. Please try again." };
const isPong = (event: unknown) => event === "pong";

/** Sends the same so many times. */
function sendMany(client: Client, count: number, message: object): void {
  for (let left = count; left > 0; left -= 1) client.send(message);
}

beforeAll(prepareDatabase);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.for([
  ["nobody", "/ws", 400, "Missing userId"],
  ["an empty name", "/ws?userId=", 400, "Missing userId"],
  ["a name of 129 characters", `/ws?userId=${"x".repeat(129)}`, 400, "Invalid userId"],
] as const)("a socket for %s is refused", async ([, path, status, text]) => {
  const { post } = newPost();

  const refused = await upgrade(post, path);

  expect([refused.status, await refused.text()]).toEqual([status, text]);
  expect(await post.getPresence()).toEqual({ count: 0, viewers: [] });
});

test("everybody is told how many users there are, who comes and who goes", async () => {
  const { post } = newPost();
  const ada = await Client.open(post, "/ws?userId=ada");
  expect(await ada.next()).toEqual({ type: "presence", count: 1 });
  const bob = await Client.open(post, `/ws?userId=${"b".repeat(128)}`);
  expect([await ada.next(), await bob.next()]).toEqual(Array(2).fill({ type: "presence", count: 2 }));

  bob.close();

  expect(await ada.next()).toEqual({ type: "presence", count: 1 });
});

test("a reaction is told to everybody, in the name of the socket's user", async () => {
  const { post } = newPost();
  const [ada, bob] = [await viewer(post, "ada"), await viewer(post, "bob")];
  await ada.next();

  ada.send({ type: "react", reactionType: "love", userId: "mallory" });
  const told = [await ada.next(), await bob.next()];
  await post.toggleReaction("bob", "love");

  expect(told).toEqual(Array(2).fill({ type: "reaction", reactionType: "love", count: 1 }));
  expect(await ada.next()).toEqual({ type: "reaction", reactionType: "love", count: 2 });
  expect(await rowsOf(post, "SELECT user_id FROM reactions ORDER BY 1")).toEqual([
    { user_id: "ada" },
    { user_id: "bob" },
  ]);
});

test("a comment is told to everybody with its id, its sender included", async () => {
  const { post } = newPost();
  const [ada, bob] = [await viewer(post, "ada"), await viewer(post, "bob")];
  await ada.next();

  ada.send({ type: "comment", content: " Hello ", userId: "mallory", id: "mine" });
  const told = (await ada.next()) as { comment: { id: string } };
  bob.send({ type: "comment", content: "Hi", parentId: told.comment.id });

  expect(told).toEqual({
    type: "comment",
    comment: { id: told.comment.id, userId: "ada", content: "Hello", parentId: null, createdAt: now },
  });
  expect(told.comment.id).toMatch(/^[\da-f-]{36}$/);
  expect(await bob.next()).toEqual(told);
  expect(await ada.next()).toMatchObject({ comment: { userId: "bob", parentId: told.comment.id } });
});

test("a comment that comes by RPC is pushed once", async () => {
  const { post } = newPost();
  const ada = await viewer(post, "ada");
  const given = comment({ userId: "bob" });

  await post.addComment(given);
  await post.addComment(given);

  expect(await ada.soFar("ping", isPong)).toEqual([
    { type: "comment", comment: { ...given, parentId: null, createdAt: now } },
  ]);
});

test("typing is told to the others, not to the user's own sockets, at most once in two seconds", async () => {
  const { post } = newPost();
  const [ada, own, bob] = [await viewer(post, "ada"), await viewer(post, "ada"), await viewer(post, "bob")];
  const isPresence = (event: unknown) => (event as { type?: string }).type === "presence";
  await own.next();

  ada.send({ type: "typing" });
  own.send({ type: "typing" });
  expect(await bob.next()).toEqual({ type: "typing", userId: "ada" });
  vi.setSystemTime(now + 1_999);
  ada.send({ type: "typing" });
  await ada.soFar("ping", isPong);
  vi.setSystemTime(now + 2_000);
  own.send({ type: "typing" });
  await own.soFar("ping", isPong);

  expect(await bob.next()).toEqual({ type: "typing", userId: "ada" });
  expect((await bob.soFar("ping", isPong)).filter((event) => !isPresence(event))).toEqual([]);
});

test.for([
  ["no JSON", "hello"],
  ["binary", new TextEncoder().encode('{"type":"typing"}').buffer],
  ["a list", "[]"],
  ["null", "null"],
  ["no type", "{}"],
  ["another type", '{"type":"presence"}'],
  ["a wrong kind of reaction", '{"type":"react","reactionType":"Like!"}'],
  ["no kind of reaction", '{"type":"react"}'],
  ["no content", '{"type":"comment"}'],
  ["blank content", '{"type":"comment","content":"  "}'],
  ["a parent that is no text", '{"type":"comment","content":"Hi","parentId":7}'],
  ["a long comment with another fault", JSON.stringify({ type: "comment", content: "x".repeat(4_001), parentId: 7 })],
] as const)("a frame that is or has %s is told to its sender only", async ([, frame]) => {
  const { post } = newPost();
  const [ada, bob] = [await viewer(post, "ada"), await viewer(post, "bob")];
  await ada.next();

  ada.send(frame);

  expect(await ada.next()).toEqual(invalid);
  expect(await bob.soFar("ping", isPong)).toEqual([]);
  expect(await post.getRecentComments(50)).toEqual([]);
});

test("an answer to nobody, content over 4,000 characters and a frame over 16 KiB are told", async () => {
  const ada = await viewer(newPost().post, "ada");
  const typing = '{"type":"typing"}';

  ada.send({ type: "comment", content: "Hi", parentId: "none" });
  expect(await ada.next()).toEqual(unknownParent);
  ada.send({ type: "comment", content: "x".repeat(4_001) });
  expect(await ada.next()).toEqual(tooLong);
  ada.send(typing.padEnd(16_385));
  expect(await ada.next()).toEqual(tooLong);
  ada.send(typing.padEnd(16_384));
  ada.send({ type: "comment", content: "é".repeat(4_000) });

  expect(await ada.next()).toMatchObject({ type: "comment", comment: { content: "é".repeat(4_000) } });
});

test("the 31st comment of a minute is told to be too fast", async () => {
  const ada = await viewer(newPost().post, "ada");
  sendMany(ada, 30, { type: "comment", content: "Hi" });

  const found = await ada.soFar(
    { type: "comment", content: "Hi" },
    (event) => (event as { type: string }).type === "error",
  );
  ada.send({ type: "comment", content: "Hi" });

  expect(found).toHaveLength(30);
  expect(await ada.next()).toEqual(tooFast);
});

test("the 21st kind of reaction is told to be one too many", async () => {
  const { post } = newPost();
  const kinds = Array.from({ length: 20 }, (_, index) => "a".repeat(index + 1));
  await Promise.all(kinds.map((kind) => post.toggleReaction("bob", kind)));
  const ada = await viewer(post, "ada");

  ada.send({ type: "react", reactionType: "like" });

  expect(await ada.next()).toEqual(tooManyKinds);
});

test("a hundred frames are taken in ten seconds, and the next closes the socket", async () => {
  capture();
  const { post } = newPost();
  const [ada, bob] = [await viewer(post, "ada"), await viewer(post, "bob")];
  await ada.next();
  sendMany(ada, 99, { type: "typing" });
  ada.send("the hundredth");
  ada.send({ type: "typing" });

  expect([await ada.next(), await ada.next()]).toMatchObject([invalid, { closed: 1008 }]);
  expect([await bob.next(), await bob.next()]).toEqual([
    { type: "typing", userId: "ada" },
    { type: "presence", count: 1 },
  ]);
});

test("a comment that cannot be saved is told", async () => {
  const { post } = newPost("PostOutside");
  const ada = await viewer(post, "ada");

  await during("isD1Down", async () => {
    ada.send({ type: "comment", content: "Hi", parentId: "only D1 knows" });
    expect(await ada.next()).toEqual(notSaved);
  });
});

test("the 1,001st socket is refused", async () => {
  const { post } = newPost();
  const others = await openByHand(post, 999);
  const last = await Client.open(post, "/ws?userId=bob");

  const refused = await upgrade(post, "/ws?userId=ada");

  expect(await last.next()).toEqual({ type: "presence", count: 1 });
  expect(others).toHaveLength(999);
  expect([refused.status, await refused.text()]).toEqual([503, "Too many viewers"]);
});

test("presence is right at once after an eviction, and messages are heard", async () => {
  const { post } = newPost();
  const [ada] = [await viewer(post, "ada"), await viewer(post, "ada"), await viewer(post, "bob")];
  await ada.soFar("ping", isPong);

  await evictDurableObject(post);

  const { count, viewers } = await post.getPresence();
  expect([count, viewers.toSorted()]).toEqual([2, ["ada", "bob"]]);
  ada.send({ type: "react", reactionType: "like" });
  expect(await ada.next()).toEqual({ type: "reaction", reactionType: "like", count: 1 });
});
