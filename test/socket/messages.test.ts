import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { SocketLimited, SocketTyped } from "../fixtures/socket-messages.ts";
import { objectOf } from "../support.ts";
import { microtasks } from "../support/calls.ts";
import { Client } from "../support/client.ts";
import { capture } from "../support/log.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const notJson = { type: "error", code: "GROVE-LOOM-062", message: "The message is not valid JSON." };
const unknownType = { type: "error", code: "GROVE-LOOM-063", message: "This type of message is not known." };

test.for([
  ["no JSON", "{", notJson],
  ["no JSON but the word ping in it", "ping ", notJson],
  ["binary", new Uint8Array([1]).buffer, notJson],
  ["a JSON text", '"echo"', unknownType],
  ["a list", '[{"type":"echo"}]', unknownType],
  ["null", "null", unknownType],
  ["no type", "{}", unknownType],
  ["a type that is no text", '{"type":1}', unknownType],
  ["a type nobody takes", '{"type":"constructor"}', unknownType],
  ["an inherited type", '{"__proto__":{"type":"echo"}}', unknownType],
] as const)("a message that is %s is answered with its code, and the socket stays", async ([, message, frame]) => {
  const client = await Client.open(objectOf("SocketTyped"));

  client.send(message);
  expect(await client.next()).toEqual(frame);

  client.send({ type: "echo", n: 1 });
  expect(await client.next()).toEqual({ type: "echo", n: 1 });
});

test("a type may have any name", async () => {
  const client = await Client.open(objectOf("SocketTyped"));

  client.send('{"type":"__proto__"}');

  expect(await client.next()).toBe("odd");
});

test("a schema converts the whole message, and says what is wrong with one that does not fit", async () => {
  const client = await Client.open(objectOf("SocketTyped"));

  client.send({ type: "numbered", at: "12" });
  client.send({ type: "numbered", at: "twelve" });

  expect(await client.next()).toEqual({ at: 12 });
  expect(await client.next()).toEqual({
    type: "error",
    code: "GROVE-LOOM-064",
    message: "The message is not valid.",
    issues: [{ message: expect.stringContaining("number") as unknown, path: ["at"] }],
  });
});

test("messages of one socket are handled in order, those of another meanwhile", async () => {
  const stub = objectOf<SocketTyped>("SocketTyped");
  const [one, other] = [await Client.open(stub), await Client.open(stub)];

  one.send({ type: "wait", gate: "a" });
  one.send({ type: "echo", after: true });
  one.send("no JSON");
  expect(await one.next()).toEqual({ type: "waiting" });
  other.send({ type: "echo", meanwhile: true });
  expect(await other.next()).toEqual({ type: "echo", meanwhile: true });
  other.send({ type: "open", gate: "a" });

  expect(await one.next()).toEqual({ type: "waited" });
  expect(await one.next()).toEqual({ type: "echo", after: true });
  expect(await one.next()).toEqual(notJson);
});

test("a socket that closes while its messages are handled has them handled first", async () => {
  const stub = objectOf<SocketTyped>("SocketTyped");
  const [one, other] = [await Client.open(stub), await Client.open(stub)];

  one.send({ type: "save", gate: "a" });
  one.send({ type: "save", gate: "b" });
  one.close();
  expect(await one.next()).toEqual({ closed: 1005, reason: "" });
  for (const gate of ["a", "b"]) {
    other.send({ type: "open", gate });
    other.send({ type: "echo", gate });
    await other.next();
  }

  await runInDurableObject(stub, (object) => expect(object.ends).toEqual(["saved", "saved", "left /* typed"]));
});

test("a socket whose messages pile up behind a slow one is closed", async () => {
  capture();
  const client = await Client.open(objectOf("SocketTyped"));
  client.send({ type: "wait", gate: "never" });
  expect(await client.next()).toEqual({ type: "waiting" });

  for (let left = 9; left > 0; left -= 1) client.send("x".repeat(1_000_000));

  expect(await client.next()).toMatchObject({ closed: 1008 });
});

test("a mistake of the client's is told by its code, without the message for developers", async () => {
  const { lines } = capture();
  const client = await Client.open(objectOf("SocketTyped"));

  client.send({ type: "locked" });

  const message = "Another operation is running. Please try again.";
  expect(await client.next()).toEqual({ type: "error", code: "GROVE-LOOM-029", message });
  expect(lines).toEqual([]);
});

test("a handler that throws is logged, and tells the client nothing", async () => {
  const { lines } = capture();
  const client = await Client.open(objectOf("SocketTyped"));

  client.send({ type: "breaks" });

  const message = "Something went wrong. Please try again.";
  expect(await client.next()).toEqual({ type: "error", code: "GROVE-LOOM-023", message });
  expect(lines).toEqual([
    expect.objectContaining({
      level: "error",
      code: "GROVE-LOOM-023",
      path: "/*",
      cause: expect.objectContaining({ message: "no such table: secrets" }) as unknown,
    }),
  ]);
});

test("what a client sends after it was kicked is not handled", async () => {
  const client = await Client.open(objectOf("SocketTyped"));

  client.send({ type: "kick" });
  client.send({ type: "echo" });

  expect(await client.next()).toEqual({ closed: 4003, reason: "kicked" });
});

test("what waits behind a message that is answered by a kick is not handled either", async () => {
  const stub = objectOf<SocketTyped>("SocketTyped");
  await Client.open(stub);

  await runInDurableObject(stub, async (object, ctx) => {
    const [socket] = ctx.getWebSockets();
    const types = ["wait", "note", "kick", "note"];
    const handled = types.map((type) => object.webSocketMessage(socket!, JSON.stringify({ type })));
    await microtasks();
    object.gates.get(undefined)!.resolve();
    await Promise.all(handled);

    expect(object.ends).toEqual(["noted"]);
  });
});

test("a socket that goes on after it was closed for its size is not logged again", async () => {
  const { lines } = capture();
  const stub = objectOf<SocketLimited>("SocketLimited");
  await Client.open(stub, "/small");

  await runInDurableObject(stub, async (object, ctx) => {
    const [socket] = ctx.getWebSockets();
    await object.webSocketMessage(socket!, "123456789");
    await object.webSocketMessage(socket!, "123456789");
  });

  expect(lines).toHaveLength(1);
});

test.for([
  ["SocketRaw", '{"type":"known"}', 'text {"type":"known"}'],
  ["SocketRaw", "{", "text {"],
  ["SocketRaw", 'a text,"loom:n":1}', 'text a text,"loom:n":1}'],
  ["SocketMixed", '{"type":"known"}', "known"],
  ["SocketMixed", '{"type":"unknown"}', 'rest {"type":"unknown"}'],
  ["SocketMixed", "{", "rest {"],
  ["SocketMixed", new ArrayBuffer(1), "rest binary"],
] as const)("in %s, %s is answered with %s", async ([className, message, answer]) => {
  const stub = objectOf(className);
  const client = await Client.open(stub);
  await evictDurableObject(stub);

  client.send(message);

  expect(await client.next()).toBe(answer);
});

test("binary arrives and leaves as it is", async () => {
  const client = await Client.open(objectOf("SocketRaw"));

  client.send(new Uint8Array([1, 2]).buffer);

  expect(new Uint8Array((await client.next()) as ArrayBuffer)).toEqual(new Uint8Array([1, 2]));
});

test("a class that takes no messages says so", async () => {
  const client = await Client.open(objectOf("SocketSilent"));

  client.send("anything");

  expect(await client.next()).toEqual(unknownType);
});

test.for([
  ["/small", "12345678", "12345678"],
  ["/small", "éééé", "éééé"],
  ["/default", "x".repeat(1_048_576), "long"],
] as const)("a message at the limit of %s is taken", async ([path, message, answer]) => {
  const client = await Client.open(objectOf("SocketLimited"), path);

  client.send(message);

  expect(await client.next()).toBe(answer);
});

const tooLarge = { closed: 1009, reason: "GROVE-LOOM-065: The message is too large." };

test.for([
  ["/small", "123456789"],
  ["/small", "éééé1"],
  ["/small", new ArrayBuffer(9)],
  ["/default", "x".repeat(1_048_577)],
] as const)("a message over the limit of %s closes the socket, awake or not", async ([path, message]) => {
  const { lines } = capture();
  const stub = objectOf<SocketLimited>("SocketLimited");
  const [awake, asleep] = [await Client.open(stub, path), await Client.open(stub, path)];

  awake.send(message);
  awake.send("after");
  expect(await awake.next()).toEqual(tooLarge);
  await evictDurableObject(stub);
  asleep.send(message);
  expect(await asleep.next()).toEqual(tooLarge);

  expect(lines).toMatchObject([{ level: "warn", code: "GROVE-LOOM-065", path }, { code: "GROVE-LOOM-065" }]);
});

test("a socket that sends faster than its rate is closed, and its close is heard of", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
  capture();
  const stub = objectOf<SocketLimited>("SocketLimited");
  const client = await Client.open(stub, "/slow");

  for (const [at, text] of [
    [0, "1"],
    [0, "2"],
    [500, "3"],
  ] as const) {
    vi.setSystemTime(1_000_000 + at);
    client.send(text);
    expect(await client.next()).toBe(text);
  }
  client.send("4");

  expect(await client.next()).toEqual({ closed: 1008, reason: "GROVE-LOOM-066: Too many messages. Please slow down." });
  await runInDurableObject(stub, (object) => expect(object.ends).toMatchObject([{ code: 1008 }]));
});

test("an object that logs its events has a line for each message and each end", async () => {
  const { lines } = capture();
  const stub = objectOf("SocketLogged");
  const client = await Client.open(stub, "/rooms/secret");

  client.send({ type: "ok" });
  await client.next();
  client.send({ type: "secret" });
  await client.next();
  client.close(4001, "secret");
  await client.next();
  await runInDurableObject(stub, () => {});

  const path = "/rooms/:room";
  expect(lines).toMatchObject([
    { message: "GET /rooms/:room 101" },
    {
      message: "MESSAGE /rooms/:room ok",
      method: "MESSAGE",
      path,
      status: "ok",
      durationMs: expect.any(Number) as number,
    },
    { message: "MESSAGE /rooms/:room GROVE-LOOM-063", status: "GROVE-LOOM-063" },
    { message: "CLOSE /rooms/:room 4001", status: 4001 },
  ]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});

test.for<[string, string | object, object]>([
  ["no JSON", "{", { kind: "refused", code: "GROVE-LOOM-062", to: "typed" }],
  ["of no type", {}, { kind: "refused", code: "GROVE-LOOM-063", to: "typed" }],
  ["of a type nobody takes", { type: "x" }, { kind: "refused", code: "GROVE-LOOM-063", type: "x", to: "typed" }],
  [
    "against its schema",
    { type: "numbered" },
    { kind: "refused", code: "GROVE-LOOM-064", type: "numbered", to: "typed", path: ["at"] },
  ],
])("a class may have its own words for a message that is %s", async ([, message, told]) => {
  const client = await Client.open(objectOf("SocketOwnWords"));

  client.send(message);

  expect(await client.next()).toEqual(told);
});

test("its own words are for a message over the limit, too, in its turn, and the socket stays", async () => {
  const client = await Client.open(objectOf("SocketOwnWords"), "/small");

  client.send({ type: "numbered" });
  client.send({ type: "x", text: "x".repeat(80), "loom:n": 7 });
  client.send("{");

  const refused = (number: number) => ({ kind: "refused", code: `GROVE-LOOM-06${number}` });
  expect(await client.next()).toMatchObject(refused(4));
  expect(await client.next()).toMatchObject({ type: "error", code: "GROVE-LOOM-065", "loom:n": 7 });
  expect(await client.next()).toMatchObject(refused(2));
});

test("messages over the limit count for the rate, whether they are answered or not", async () => {
  capture();
  const client = await Client.open(objectOf("SocketOwnWords"), "/small");

  Array.from({ length: 4 }, () => client.send("x".repeat(81)));

  const refused = { kind: "refused", code: "GROVE-LOOM-065" };
  expect([await client.next(), await client.next(), await client.next()]).toEqual([refused, refused, refused]);
  expect(await client.next()).toMatchObject({ closed: 1008 });
});

test("its own words may be none; a numbered message is answered in Loom's, for which its sender waits", async () => {
  const client = await Client.open(objectOf("SocketOwnWords"));

  client.send({ type: "nobody's" });
  client.send({ type: "x", "loom:n": 7 });

  expect(await client.next()).toEqual({ ...unknownType, "loom:n": 7 });
});

test("its own words may be waited for, and are sent as they are", async () => {
  const client = await Client.open(objectOf("SocketOwnWords"));

  client.send({ type: "later" });

  expect(await client.next()).toBe(JSON.stringify(["refused", "later"]));
});

test("what a handler throws is told as it always is", async () => {
  const client = await Client.open(objectOf("SocketOwnWords"));

  client.send({ type: "throws" });

  expect(await client.next()).toEqual({ type: "error", code: "GROVE-LOOM-064", message: "The message is not valid." });
});

test("words that cannot be found are logged, and the client is told of a failure", async () => {
  const log = capture();
  const client = await Client.open(objectOf("SocketOwnWords"));

  client.send({ type: "broken" });

  expect(await client.next()).toMatchObject({ type: "error", code: "GROVE-LOOM-023" });
  expect(log.only()).toMatchObject({ code: "GROVE-LOOM-023", cause: { message: "the hook is broken" } });
});
