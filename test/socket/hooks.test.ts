import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocketManager } from "../../src/websocket.ts";
import { SocketStart, type SocketHooks, type SocketPlain } from "../fixtures/socket-hooks.ts";
import { objectOf } from "../support.ts";
import { Client, upgrade } from "../support/client.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

test("a socket that the class accepted itself is its own: attachment, tags and protocol stay as they are", async () => {
  const stub = objectOf<SocketHooks>("SocketHooks");
  const client = await Client.open(stub, "/own");
  await evictDurableObject(stub);

  client.send("hello");

  const own = { message: "hello", hasId: false, tags: ["own"], path: "", attachment: { mine: true } };
  expect(await client.next()).toEqual(own);
});

test("a socket accepted by hand has all that a declared one has", async () => {
  const stub = objectOf<SocketHooks>("SocketHooks");
  const client = await Client.open(stub, "/managed/ann");
  expect(await client.next()).toEqual({ type: "hello", name: "ann" });
  await evictDurableObject(stub);

  client.send("hello");
  const own = { message: "hello", hasId: true, tags: ["ann"], path: "/managed/ann", state: { name: "ann" } };
  expect(await client.next()).toEqual(own);
  capture();
  client.send("x".repeat(51));
  expect(await client.next()).toMatchObject({ closed: 1009 });
});

test("an own socket has no limits of Loom's", async () => {
  const client = await Client.open(objectOf<SocketHooks>("SocketHooks"), "/own");

  client.send("x".repeat(1_048_577));

  expect(await client.next()).toMatchObject({ hasId: false });
});

test("a hook that throws is logged; only a socket of Loom's is told", async () => {
  const { lines } = capture();
  const stub = objectOf<SocketHooks>("SocketHooks");
  const [own, managed] = [await Client.open(stub, "/own"), await Client.open(stub, "/managed/ann")];
  await managed.next();

  for (const client of [own, managed]) {
    client.send("break");
    client.send("on");
  }

  expect(await own.next()).toMatchObject({ message: "on" });
  expect(await managed.next()).toMatchObject({ type: "error", code: "GROVE-LOOM-023" });
  expect(await managed.next()).toMatchObject({ message: "on" });
  expect(lines).toMatchObject([{ code: "GROVE-LOOM-023" }, { code: "GROVE-LOOM-023" }]);
});

test("the hook hears of an end, the socket gone by then, and may answer it once more", async () => {
  const stub = objectOf<SocketHooks>("SocketHooks");
  const [own, other] = [await Client.open(stub, "/own"), await Client.open(stub, "/own")];

  own.close(4010, "off");
  expect(await own.next()).toEqual({ closed: 4010, reason: "off" });
  other.send("sync");
  await other.next();

  await runInDurableObject(stub, async (object, ctx) => {
    await object.webSocketError(ctx.getWebSockets()[0]!, new Error("torn"));
    expect(object.heard).toEqual([
      { code: 4010, reason: "off", wasClean: true, open: 1, tags: ["own"] },
      "Error: torn",
      { code: 1006, reason: "", wasClean: false, open: 0, tags: ["own"] },
    ]);
  });
});

test("an end that waits behind a slow message still knows the tags of an own socket", async () => {
  const stub = objectOf<SocketHooks>("SocketHooks");
  const client = await Client.open(stub, "/own");

  client.send("slow");
  client.close(4000);
  expect(await client.next()).toMatchObject({ closed: 4000 });

  await runInDurableObject(stub, (object) => vi.waitFor(() => expect(object.heard).toMatchObject([{ tags: ["own"] }])));
});

test("an onOpen that throws refuses, and leaves no socket open", async () => {
  const { lines } = capture();
  const stub = objectOf<SocketHooks>("SocketHooks");

  const response = await upgrade(stub, "/managed/nobody");

  expect([response.status, response.webSocket]).toEqual([500, null]);
  expect(lines).toMatchObject([{ code: "GROVE-LOOM-023", cause: { message: "nobody is not let in" } }]);
  await runInDurableObject(stub, (_, ctx) => expect(new WebSocketManager(ctx).count).toBe(0));
});

test.for([
  ["a path no attachment holds", `/far/${"y".repeat(2000)}`, "chat", 414, "GROVE-LOOM-032"],
  ["a protocol that is not spoken", "/far/from", "soap", 400, "GROVE-LOOM-024"],
  ["a tag that is too long", `/managed/${"y".repeat(300)}`, "chat", 400, "GROVE-LOOM-060"],
] as const)("what a client asks for in vain is its own mistake: %s", async ([, path, protocol, status, code]) => {
  capture();
  const stub = objectOf<SocketHooks>("SocketHooks");

  const response = await upgrade(stub, path, { headers: { "Sec-WebSocket-Protocol": protocol } });

  expect([response.status, await response.json()]).toMatchObject([status, { error_code: code }]);
  await runInDurableObject(stub, (_, ctx) => expect(ctx.getWebSockets()).toEqual([]));
});

test("a plain request to a route that accepts by hand is told to upgrade", async () => {
  const response = await objectOf<SocketHooks>("SocketHooks").fetch("https://object.test/managed/ann");

  expect(response.status).toBe(426);
  expect(response.headers.get("upgrade")).toBe("websocket");
});

test("the manager works in an object that is no LoomDO", async () => {
  const stub = objectOf<SocketPlain>("SocketPlain");
  const [one, two] = [await Client.open(stub, "/1"), await Client.open(stub, "/2")];
  await evictDurableObject(stub);

  one.send("hi");
  expect(await two.next()).toEqual({ state: { at: "/1" }, message: "hi" });
  expect(await one.next()).toEqual({ reached: 1 });
  two.close(1000);

  expect(await one.next()).toEqual({ left: { at: "/2" }, count: 1 });
});

test("messages wait for a start that failed before, and are told when it fails again", async () => {
  capture();
  const stub = objectOf<SocketStart>("SocketStart");
  const client = await Client.open(stub);
  await evictDurableObject(stub);
  SocketStart.fails = 2;

  for (let left = 3; left > 0; left -= 1) client.send({ type: "ask" });

  const message = "Something went wrong. Please try again.";
  expect(await client.next()).toEqual({ type: "error", code: "GROVE-LOOM-001", message });
  expect(await client.next()).toEqual({ type: "error", code: "GROVE-LOOM-001", message });
  expect(await client.next()).toBe("started");
});
