import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SocketBeside, SocketRefusing } from "../fixtures/socket-upgrades.ts";
import { objectOf } from "../support.ts";
import { Client, upgrade } from "../support/client.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

describe("nothing is accepted", () => {
  test.for([
    ["returns a Response", "/returns", 503, "full"],
    ["throws a Response", "/throws", 418, "go away"],
    ["throws", "/breaks", 500, /GROVE-LOOM-023/],
    ["is behind a middleware that refuses", "/guarded", 401, /GROVE-LOOM-027/],
    ["is behind a middleware that changes the answer", "/late", 409, "changed my mind"],
    ["is not declared", "/nowhere", 404, /GROVE-LOOM-020/],
    ["has an address that no attachment holds", `/long/${"y".repeat(2000)}`, 414, /GROVE-LOOM-032/],
  ] as const)("when what opens it %s", async ([, path, status, text]) => {
    capture();
    const stub = objectOf<SocketRefusing>("SocketRefusing");

    const response = await upgrade(stub, path);

    expect(response.status).toBe(status);
    expect(response.webSocket).toBeNull();
    expect(await response.text()).toMatch(text);
    expect(await (await stub.fetch("https://object.test/count")).json()).toEqual({ count: 0, all: 0 });
  });

  test.for(["/returns", "/late"])("a socket that %s refused sends nothing and is not open", async (path) => {
    const stub = objectOf<SocketRefusing>("SocketRefusing");

    await upgrade(stub, path);

    await runInDurableObject(stub, ({ kept }) => {
      expect([kept!.isOpen, kept!.send("late")]).toEqual([false, false]);
      kept!.close();
    });
  });
});

test("an upgrade with its credentials passes the middleware", async () => {
  const headers = { authorization: "Bearer secret" };

  const client = await Client.open(objectOf("SocketRefusing"), "/guarded", { headers });

  client.close();
  expect(await client.next()).toMatchObject({ closed: 1005 });
});

test.for([
  ["https://a.test", 101],
  ["https://object.test", 101],
  [undefined, 101],
  ["https://evil.test", 403],
  ["null", 403],
] as const)("`cors` for one origin lets an upgrade from %s in with %i", async ([origin, status]) => {
  const headers = origin === undefined ? {} : { origin };

  const response = await upgrade(objectOf<SocketBeside>("SocketBeside"), "/both", { headers });
  response.webSocket?.accept();

  expect(response.status).toBe(status);
});

test.for([
  ["eleven", Array.from({ length: 11 }, (_, at) => `tag=${at}`).join("&"), "11 tags are over the 10"],
  ["a long one", `tag=${"x".repeat(257)}`, "257 characters, over 256"],
  ["an empty one", "tag=", "a tag is empty"],
])(
  "tags of a request that the platform would not keep refuse it, and the log says why: %s",
  async ([, query, text]) => {
    const log = capture();
    const stub = objectOf<SocketRefusing>("SocketRefusing");

    const response = await upgrade(stub, `/tags?${query}`);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-060" });
    expect(log.only()).toMatchObject({
      code: "GROVE-LOOM-060",
      cause: { message: expect.stringContaining(text!) as unknown },
    });
  },
);

test("ten tags of 256 characters are kept, a repeated one once", async () => {
  const stub = objectOf<SocketRefusing>("SocketRefusing");
  const tags = Array.from({ length: 10 }, (_, at) => String(at).repeat(256));
  await Client.open(stub, `/tags?${[...tags, tags[0]].map((tag) => `tag=${tag}`).join("&")}`);

  await evictDurableObject(stub);

  await runInDurableObject(stub, (_object, ctx) => {
    expect(ctx.getWebSockets(tags[9])).toHaveLength(1);
    expect(ctx.getTags(ctx.getWebSockets()[0]!)).toEqual(tags);
  });
});

test("an upgrade finds the socket's handler, a plain request to the same path the route", async () => {
  const stub = objectOf<SocketBeside>("SocketBeside");

  const plain = await stub.fetch("https://object.test/both");
  const client = await Client.open(stub, "/both");

  expect(await plain.json()).toEqual({ plain: true });
  expect(await client.next()).toEqual({ type: "both" });
});

test.for(["GET", "HEAD"])("a plain %s of a path that takes sockets only is told to upgrade", async (method) => {
  const response = await objectOf<SocketBeside>("SocketBeside").fetch("https://object.test/only/1", { method });

  expect(response.status).toBe(426);
  expect(response.headers.get("upgrade")).toBe("websocket");
  expect(await response.text()).toMatch(method === "HEAD" ? /^$/ : "GROVE-LOOM-033");
});

test.for([
  ["SocketTyped", 426],
  ["SocketTypedBesideRoutes", 404],
] as const)(
  "where sockets are at every path, a plain request to an unknown one of %s is a %i",
  async ([name, status]) => {
    const response = await objectOf(name).fetch("https://object.test/unknown");

    expect(response.status).toBe(status);
  },
);

test.for([
  ["GET", "h2c", 426],
  ["GET", "WebSocket", 101],
  ["POST", "websocket", 404],
] as const)("%s with `Upgrade: %s` is answered with %i", async ([method, Upgrade, status]) => {
  // Inside the object: on its way to it, `fetch` makes a GET of every upgrade.
  await runInDurableObject(objectOf<SocketBeside>("SocketBeside"), async (object) => {
    const response = await object.fetch(new Request("https://object.test/only/1", { method, headers: { Upgrade } }));

    expect(response.status).toBe(status);
  });
});

test.for([
  ["/talks", "chat.v1, chat.v2", "chat.v2"],
  ["/talks", "chat.v1", "chat.v1"],
  ["/talks", undefined, null],
  ["/any-protocol", "first,second", "first"],
  ["/any-protocol", " ,second", "second"],
  ["/any-protocol", undefined, null],
  ["/talks", "loom, loom.refusal", "loom"],
  ["/any-protocol", "loom, loom.refusal", "loom"],
  ["/any-protocol", "loom, loom.refusal, first", "first"],
] as const)("%s agrees with a client that offers %s on %s", async ([path, offered, agreed]) => {
  const headers = offered === undefined ? {} : { "Sec-WebSocket-Protocol": offered };

  const response = await upgrade(objectOf<SocketBeside>("SocketBeside"), path, { headers });
  response.webSocket!.accept();

  expect(response.headers.get("sec-websocket-protocol")).toBe(agreed);
});

test("a client that speaks none of the protocols is refused before it is accepted", async () => {
  const headers = { "Sec-WebSocket-Protocol": "soap" };

  const response = await upgrade(objectOf<SocketBeside>("SocketBeside"), "/talks", { headers });

  expect(response.status).toBe(400);
});

test("what was sent and set before the socket is accepted arrives after it, in order", async () => {
  const stub = objectOf<SocketBeside>("SocketBeside");
  const client = await Client.open(stub, "/state?q");

  expect(await client.next()).toBe("first");
  expect(await client.next()).toEqual({ second: "?q" });
  expect(new Uint8Array((await client.next()) as ArrayBuffer)).toEqual(new Uint8Array([3]));
  await evictDurableObject(stub);
  client.send({ type: "state" });
  expect(await client.next()).toEqual({ state: { n: 2 } });
});

test("a socket may be closed as it opens, with a code that a page can read", async () => {
  const stub = objectOf<SocketBeside>("SocketBeside");
  const client = await Client.open(stub, "/closes");

  expect(await client.next()).toBe("bye");
  expect(await client.next()).toEqual({ closed: 4004, reason: "not here" });
  await runInDurableObject(stub, ({ closed }) => expect(closed).toEqual([false, false]));
});

test("bytes that are sent as a socket opens are those of that moment", async () => {
  const client = await Client.open(objectOf("SocketBeside"), "/reuses");

  const sent = [await client.next(), await client.next()] as ArrayBuffer[];

  expect(sent.map((bytes) => [...new Uint8Array(bytes)])).toEqual([[1], [1]]);
});

test.for([true, false])("the params of a socket cannot be changed, evicted before: %s", async (isEvicted) => {
  const { lines } = capture();
  const stub = objectOf<SocketBeside>("SocketBeside");
  const client = await Client.open(stub, "/only/1");
  if (isEvicted) await evictDurableObject(stub);

  client.send({ type: "params" });

  expect(await client.next()).toMatchObject({ code: "GROVE-LOOM-023" });
  expect(lines).toMatchObject([{ cause: { name: "TypeError" } }]);
});

test.for([
  ["/a", "child a"],
  ["/b", "child b"],
] as const)("an upgrade of %s finds the most derived declaration", async ([path, text]) => {
  const client = await Client.open(objectOf("SocketChild"), path);

  expect(await client.next()).toBe(text);
});

test.for([
  ["asked", "child asked"],
  ["keep", "parent keep"],
  ["ask", { type: "error", code: "GROVE-LOOM-063", message: "This type of message is not known." }],
] as const)("a message of type %s finds the most derived declaration", async ([type, answer]) => {
  const client = await Client.open(objectOf("SocketChild"), "/a");
  await client.next();

  client.send({ type });

  expect(await client.next()).toEqual(answer);
});

test.for(["a", "other", "b", "ask", "keep"])(
  "%s, declared here or in the parent, is not reachable over RPC",
  async (name) => {
    const stub = objectOf("SocketChild") as unknown as Record<string, () => Promise<unknown>>;

    expect(await failureOf(stub[name]!())).toMatchObject({
      message: expect.stringContaining("does not implement") as unknown,
    });
  },
);
