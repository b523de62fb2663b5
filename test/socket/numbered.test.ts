import { expect, test } from "vitest";
import type { SocketTyped } from "../fixtures/socket-messages.ts";
import { objectOf } from "../support.ts";
import { Client } from "../support/client.ts";
import { capture } from "../support/log.ts";

test("a message with a number is handled without it, and then answered with it", async () => {
  const client = await Client.open(objectOf("SocketTyped"));

  client.send('{"type":"echo","text":"a","loom:n":7}');

  expect(await client.next()).toEqual({ type: "echo", text: "a" });
  expect(await client.next()).toEqual({ type: "loom:handled", n: 7 });
});

test("the number comes after everything that its handler waits for", async () => {
  const stub = objectOf<SocketTyped>("SocketTyped");
  const [one, other] = [await Client.open(stub), await Client.open(stub)];

  one.send('{"type":"wait","gate":"a","loom:n":1}');
  one.send('{"type":"echo","loom:n":2}');
  expect(await one.next()).toEqual({ type: "waiting" });
  other.send({ type: "open", gate: "a" });

  expect(await one.next()).toEqual({ type: "waited" });
  expect(await one.next()).toEqual({ type: "loom:handled", n: 1 });
  expect(await one.next()).toEqual({ type: "echo" });
  expect(await one.next()).toEqual({ type: "loom:handled", n: 2 });
});

test.for([
  ['{"type":"nobody","loom:n":3}', "GROVE-LOOM-063"],
  ['{"type":"numbered","at":"twelve","loom:n":3}', "GROVE-LOOM-064"],
  ['{"type":"breaks","loom:n":3}', "GROVE-LOOM-023"],
] as const)("the error that answers %s has its number", async ([message, code]) => {
  capture();
  const client = await Client.open(objectOf("SocketTyped"));

  client.send(message);

  expect(await client.next()).toMatchObject({ type: "error", code, "loom:n": 3 });
});

test("text that is handled as it is has no number either", async () => {
  const client = await Client.open(objectOf("SocketRaw"));

  client.send('{"any":1,"loom:n":4}');

  expect(await client.next()).toBe('text {"any":1}');
  expect(await client.next()).toEqual({ type: "loom:handled", n: 4 });
});

test("only a socket that Loom accepted has its messages numbered: others speak for themselves", async () => {
  const stub = objectOf("SocketHooks");
  const [own, managed] = [await Client.open(stub, "/own"), await Client.open(stub, "/managed/a")];
  const message = '{"type":"x","loom:n":4}';

  own.send(message);
  managed.send(message);

  expect(await own.next()).toMatchObject({ message });
  expect(await managed.next()).toEqual({ type: "hello", name: "a" });
  expect(await managed.next()).toMatchObject({ message: '{"type":"x"}' });
  expect(await managed.next()).toEqual({ type: "loom:handled", n: 4 });
});
