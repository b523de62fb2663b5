import { expect, test } from "vitest";
import type { SuiteLoom, SuitePlain } from "../../fixtures/testing.ts";
import { Client, upgrade } from "../../support/client.ts";
import type { Driver, Opened } from "./driver.ts";

type Plain = Opened<SuitePlain>;
type Case = readonly [title: string, run: (object: Plain, client: Client) => unknown, expected: unknown];

async function told(client: Client, message: string | ArrayBuffer): Promise<unknown> {
  client.send(message);
  return client.next();
}

const cases: readonly Case[] = [
  ["a message is answered", (_, client) => told(client, "hi"), "echo hi"],
  [
    "bytes arrive as bytes",
    async (_, client) => [...new Uint8Array((await told(client, bytes())) as ArrayBuffer)],
    [1, 2],
  ],
  [
    "messages stay in order",
    async (_, client) => {
      for (const text of ["a", "b", "c"]) client.send(text);
      return [await client.next(), await client.next(), await client.next()];
    },
    ["echo a", "echo b", "echo c"],
  ],
  ["tags are kept, each once", (_, client) => told(client, "tags"), "red,blue"],
  [
    "sockets are found by tag",
    ({ stub }) => Promise.all([stub.sockets(), stub.sockets("red"), stub.sockets("no")]),
    [1, 1, 0],
  ],
  ["an attachment is null at first", (_, client) => told(client, "kept"), "null"],
  [
    "an attachment survives an eviction",
    async ({ evict }, client) => {
      client.send("keep");
      await told(client, "done");
      await evict();
      return told(client, "kept");
    },
    { kept: [1] },
  ],
  ["tags survive an eviction", async ({ evict }, client) => (await evict(), told(client, "tags")), "red,blue"],
  ["one socket is one object in a wake", async ({ evict }, client) => (await evict(), told(client, "same")), "true"],
  ["ping is answered by the platform", (_, client) => told(client, "ping"), "pong"],
  [
    "ping does not wake the object",
    async ({ stub, evict }, client) => {
      await stub.note("in memory");
      const awake = await told(client, "ping");
      await evict();
      return [awake, await told(client, "ping"), await stub.look()];
    },
    ["pong", "pong", []],
  ],
  [
    "the client's close arrives, with the socket closing",
    async ({ stub }, client) => {
      client.close(4001, "bye");
      const end = await client.next();
      return [end, await stub.look(), await stub.sockets()];
    },
    [{ closed: 4001, reason: "bye" }, ["close 4001 bye true state 2"], 0],
  ],
  [
    "a close without a code arrives as 1005",
    async ({ stub }, client) => {
      client.close();
      await client.next();
      return stub.look();
    },
    ["close 1005  true state 2"],
  ],
  [
    "the object's close arrives at both ends",
    async ({ stub }, client) => {
      client.send("close");
      const end = await client.next();
      return [end, await stub.look(), await stub.sockets()];
    },
    [{ closed: 4000, reason: "asked" }, ["close 4000 asked true state 3"], 0],
  ],
];

/** What hibernating sockets do. */
export function socketSuite(driver: Driver): void {
  test.for(cases)("socket: %s", async ([, run, expected]) => {
    const object = driver.open<SuitePlain>("SuitePlain");
    const client = await Client.open(object.stub as never, "/socket?tag=red&tag=blue&tag=red");
    expect(await client.next()).toBe("welcome");

    const found = await run(object, client);

    expect(found).toEqual(expected);
  });

  test("loom: a room goes on over an eviction", async () => {
    const { stub, evict } = driver.open<SuiteLoom>("SuiteLoom");
    const ann = await Client.open(stub as never, "/room/ann");
    const bob = await Client.open(stub as never, "/room/bob");
    await evict();

    ann.send({ type: "say", text: "hi" });
    const heard = [await ann.next(), await bob.next()];
    bob.close(1000);

    expect(heard).toEqual(Array(2).fill({ from: "ann", text: "hi", count: 1 }));
    expect(await ann.next()).toEqual({ left: "bob" });
  });

  test("loom: an upgrade that is refused is a plain answer", async () => {
    const { stub } = driver.open<SuiteLoom>("SuiteLoom");
    const response = await upgrade(stub as never, "/room/nobody");

    expect([response.status, await response.text(), response.webSocket]).toEqual([403, "not you", null]);
  });
}

function bytes(): ArrayBuffer {
  return new Uint8Array([1, 2]).buffer;
}
