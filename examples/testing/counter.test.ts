import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
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
  const counter = env.COUNTER.getByName("counts");

  expect(await increment(counter)).toEqual({ count: 1 });
});

test("what left the object is still there after an eviction", async () => {
  const counter = env.COUNTER.getByName("survives");
  await increment(counter);

  await evictDurableObject(counter);

  expect(await increment(counter)).toEqual({ count: 2 });
});

test("a test can look inside", async () => {
  const counter = env.COUNTER.getByName("looks");
  await increment(counter);

  expect(await runInDurableObject(counter, (object) => object.count)).toBe(1);
});

test("a wrong path is a 404 with a code", async () => {
  const response = await env.COUNTER.getByName("wrong").fetch("https://counter/decrement");

  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-020" });
});

async function increment(counter: DurableObjectStub<Counter>): Promise<unknown> {
  const response = await counter.fetch("https://counter/increment", { method: "POST" });
  return response.json();
}
