import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { SocketUnopened } from "../fixtures/socket-unopened.ts";
import type { SocketRefusing } from "../fixtures/socket-upgrades.ts";
import { objectOf } from "../support.ts";
import { Client, upgrade } from "../support/client.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

const asking = { headers: { "Sec-WebSocket-Protocol": "loom, loom.refusal" } };

test.for([
  ["returns a Response", "/returns", 4503],
  ["throws a Response", "/throws", 4418],
  ["throws", "/breaks", 4500],
  ["is behind a middleware that refuses", "/guarded", 4401],
  ["is behind a middleware that changes the answer", "/late", 4409],
  ["asks for tags that are none", "/tags?tag=", 4400],
  ["is not declared", "/nowhere", 4404],
] as const)("a client that asks is told why it is refused, by what %s", async ([, path, code]) => {
  capture();
  const stub = objectOf<SocketRefusing>("SocketRefusing");

  const response = await upgrade(stub, path, asking);
  const client = new Client(response.webSocket!);

  expect(response.headers.get("sec-websocket-protocol")).toBe("loom.refusal");
  expect(await client.next()).toMatchObject({ type: "loom:refused", code });
  expect(await client.next()).toMatchObject({ closed: code });
  await runInDurableObject(stub, async (object, ctx) => {
    expect([await object.count(), (await ctx.storage.list()).size]).toMatchObject([{ count: 0 }, 0]);
  });
});

test.for([
  ["/refuses", 4503, "The room is full", {}],
  ["/refuses?after=9", 4503, "The room is full", { retryAfter: 9 }],
  ["/refuses?after=soon", 4503, "The room is full", {}],
  ["/refuses?after=Thu, 01 Jan 1970 00:00:00 GMT", 4503, "The room is full", {}],
  ["/refuses-by-hand", 4403, "é".repeat(61), {}],
] as const)("a refusal of %s has the status, its text and when to come back", async ([path, code, reason, more]) => {
  const client = await Client.open(objectOf("SocketUnopened"), path, asking);

  expect(await client.next()).toEqual({ type: "loom:refused", code, reason, ...more });
  expect(await client.next()).toEqual({ closed: code, reason });
});

test("when to come back may be a date", async () => {
  const date = new Date(Date.now() + 90_000).toUTCString();

  const client = await Client.open(objectOf("SocketUnopened"), `/refuses?after=${encodeURIComponent(date)}`, asking);

  const { retryAfter } = (await client.next()) as { retryAfter: number };
  expect(retryAfter).toBeGreaterThan(0);
  expect(retryAfter).toBeLessThanOrEqual(90);
});

test.for(["awake", "asleep"])("an object that is %s hears nothing of a socket that it refused", async (how) => {
  const stub = objectOf<SocketUnopened>("SocketUnopened");
  const client = (await upgrade(stub, "/refuses", asking)).webSocket!;
  client.accept({ allowHalfOpen: true }); // answers only when it is told to
  if (how === "asleep") await evictDurableObject(stub);

  client.close(4503);
  (await Client.open(stub, "/stays/ann")).close(4000);

  const left = { left: "ann", code: 4000, open: 0 };
  await runInDurableObject(stub, ({ heard }) => vi.waitFor(() => expect(heard).toEqual([left, 4000])));
});

test("a client that does not ask has the answer itself", async () => {
  const headers = { "Sec-WebSocket-Protocol": "loom" };

  const response = await upgrade(objectOf("SocketUnopened"), "/refuses", { headers });

  expect([response.status, await response.text()]).toEqual([503, "full"]);
});

test(
  "while a thousand clients leave their refusal unanswered, others get the status",
  { timeout: 60_000 },
  async () => {
    const stub = objectOf<SocketUnopened>("SocketUnopened");
    const refused = await Promise.all(Array.from({ length: 1000 }, () => upgrade(stub, "/refuses", asking)));

    const response = await upgrade(stub, "/refuses", asking);

    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([101]));
    expect([response.status, await response.text()]).toEqual([503, "full"]);
  },
);
