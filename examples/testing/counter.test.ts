import { env } from "cloudflare:workers";
import { inWorkerd, type WorkerdObject } from "loom-do/testing/workerd";
import { expect, test } from "vitest";
import type { Counter } from "./counter.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      readonly COUNTER: DurableObjectNamespace<Counter>;
    }
  }
}

test("a counter counts", async () => {
  const counter = inWorkerd(env.COUNTER);

  expect(await increment(counter)).toEqual({ count: 1 });
  expect(await counter.call.value()).toBe(1);
});

test("what left the object is still there after an eviction", async () => {
  const counter = inWorkerd(env.COUNTER);
  await increment(counter);

  await counter.evict();

  expect(await counter.inside((object) => object.count)).toBe(1);
});

test("the count is reset by its alarm", async () => {
  const counter = inWorkerd(env.COUNTER);
  await increment(counter);

  await counter.ring();

  expect(await counter.call.value()).toBe(0);
});

test("who watches sees every count", async () => {
  const counter = inWorkerd(env.COUNTER);
  const socket = await counter.connect("/live");

  await increment(counter);

  expect(await socket.next()).toEqual({ count: 1 });
});

test("a wrong path is a 404 with a code", async () => {
  const response = await inWorkerd(env.COUNTER).fetch("/decrement");

  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-020" });
});

async function increment(counter: WorkerdObject<Counter>): Promise<unknown> {
  const response = await counter.fetch("/increment", { method: "POST" });
  return response.json();
}
