import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { SocketUnopened } from "../fixtures/socket-unopened.ts";
import { WebSocketManager } from "../../src/websocket.ts";
import { objectOf } from "../support.ts";
import { Client, upgrade } from "../support/client.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

const paths = ["/closes", "/closes-late", "/by-hand"];

/** A client that answers a close only when it is told to. */
async function silent(stub: DurableObjectStub<SocketUnopened>, path: string): Promise<WebSocket> {
  const client = (await upgrade(stub, path)).webSocket!;
  client.accept({ allowHalfOpen: true });
  return client;
}

/** What the object has heard once it has heard of the end of one more socket, which was open. */
async function heardBefore(stub: DurableObjectStub<SocketUnopened>): Promise<unknown[]> {
  (await Client.open(stub, "/stays/last")).close(4000);
  return runInDurableObject(stub, ({ heard }) =>
    vi.waitFor(() => {
      expect(heard.slice(-2)).toEqual([{ left: "last", code: 4000, open: expect.any(Number) }, 4000]);
      return heard.slice(0, -2);
    }),
  );
}

test.for(paths)("a socket that %s while it opens is none of the object's, and its end is nobody's", async (path) => {
  const stub = objectOf<SocketUnopened>("SocketUnopened");
  const client = await Client.open(stub, path);

  expect(await client.next()).toBe("bye");
  expect(await client.next()).toEqual({ closed: 4004, reason: "not here" });

  await runInDurableObject(stub, (_, ctx) => expect(new WebSocketManager(ctx).getConnections()).toEqual([]));
  expect(await heardBefore(stub)).toEqual([]);
});

test.for(paths)("nobody hears of a socket that %s either if its client answers after an eviction", async (path) => {
  const stub = objectOf<SocketUnopened>("SocketUnopened");
  const client = await silent(stub, path);
  await evictDurableObject(stub);

  client.close(4004, "not here");

  expect(await heardBefore(stub)).toEqual([]);
});

test.for([
  ["throws", 500, ["throws 0", "throws 1"]],
  ["refuses", 403, ["refuses 0", "refuses 1"]],
  ["copies", 101, ["copies 1"]],
  ["answers", 101, ["answers 0"]],
] as const)("a socket is closed that a route has accepted and %s without", async ([then, status, left]) => {
  capture();
  const stub = objectOf<SocketUnopened>("SocketUnopened");

  const response = await upgrade(stub, `/accepts-and/${then}`);
  response.webSocket?.accept();

  expect(response.status).toBe(status);
  const open = 2 - left.length;
  await runInDurableObject(stub, async ({ heard }, ctx) => {
    expect(new WebSocketManager(ctx).count).toBe(open);
    await vi.waitFor(() => expect(heard).toHaveLength(2 * left.length));
    expect(heard).toEqual(expect.arrayContaining(left.map((name) => ({ left: name, code: 1006, open }))));
  });
});
