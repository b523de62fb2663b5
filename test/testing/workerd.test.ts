import { env } from "cloudflare:workers";
import { inWorkerd } from "loom-do/testing/workerd";
import { expect, test } from "vitest";
import type { SuiteLoom } from "../fixtures/testing.ts";

const { SuiteLoom: namespace } = env as unknown as { SuiteLoom: DurableObjectNamespace<SuiteLoom> };

test("an object in workerd is fetched, called, looked into and evicted", async () => {
  const object = inWorkerd(namespace);

  const response = await object.fetch("/add/2", { method: "POST" });
  expect(await response.json()).toEqual({ count: 2 });
  await object.evict();

  expect(await object.call.increment()).toBe(3);
  expect(await object.inside(({ count }) => count)).toBe(3);
});

test("its alarm is run when the test wants it", async () => {
  const object = inWorkerd(namespace);
  expect(await object.ring()).toBe(false);
  await object.call.plan(60_000);

  expect(await object.ring()).toBe(true);
  expect(await object.call.pending()).toEqual(["other"]);
});

test("a socket is awaited message by message, to its end", async () => {
  const object = inWorkerd(namespace, "room");
  const socket = await object.connect("/room/ann");

  socket.send({ type: "say", text: "hi" });
  expect(await socket.next()).toEqual({ from: "ann", text: "hi", count: 1 });
  socket.close(4000, "done");

  expect(await socket.closed).toEqual({ code: 4000, reason: "done", wasClean: true });
  expect(() => socket.drop()).toThrow("only a socket of the kit");
});

test("a refused upgrade is told with its answer", async () => {
  await expect(inWorkerd(namespace).connect("/room/nobody")).rejects.toThrow(
    "connect: /room/nobody was answered with 403, not you",
  );
});
