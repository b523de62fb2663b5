import { wake } from "loom-do/testing";
import { expect, test } from "vitest";
import { Counter } from "./counter.ts";

test("a counter counts", async () => {
  const counter = wake(Counter);

  const response = await counter.fetch("/increment", { method: "POST" });

  expect(await response.json()).toEqual({ count: 1 });
  expect(await counter.call.value()).toBe(1);
});

test("what left the object is still there after an eviction, and after a crash", async () => {
  const counter = wake(Counter);
  await counter.fetch("/increment", { method: "POST" });

  await counter.evict();
  expect(await counter.call.value()).toBe(1);

  counter.crash();
  expect(await counter.call.value()).toBe(1);
});

test("the count is reset a day after the last increment", async () => {
  const counter = wake(Counter);
  await counter.fetch("/increment", { method: "POST" });
  await counter.advance("23h");
  await counter.fetch("/increment", { method: "POST" });

  await counter.advance("23h");
  expect(await counter.call.value()).toBe(2);

  await counter.advance("1h");
  expect(await counter.call.value()).toBe(0);
});

test("who watches sees every count, over an eviction too", async () => {
  const counter = wake(Counter);
  const socket = await counter.connect("/live");

  await counter.evict();
  await counter.fetch("/increment", { method: "POST" });

  expect(await socket.next()).toEqual({ count: 1 });
});
