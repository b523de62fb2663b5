import { expect, test } from "vitest";
import { Cache } from "../../src/cache.ts";

const remember = <Result>(load: () => Result) => new Cache().remember("a", load, { ttl: "1m" });

test("a result is frozen all the way down, for the first caller too", async () => {
  const result = await remember(() => ({
    list: [{ a: 1 }],
    map: new Map([["a", 1]]),
    set: new Set([1]),
    date: new Date(0),
  }));

  expect(() => result.list.push({ a: 2 })).toThrow(TypeError);
  expect(() => (result.list[0]!.a = 2)).toThrow(TypeError);
  expect(() => result.map.set("b", 2)).toThrow(TypeError);
  expect(() => result.set.add(2)).toThrow(TypeError);
  expect(() => result.date.setTime(1)).toThrow(TypeError);
});

test("whatever changes a Map, a Set or a Date is refused, under any name the engine gives it", async () => {
  const result = await remember(() => [new Map([["a", 1]]), new Set([1]), new Date(0)]);
  const before = structuredClone(result);

  for (const each of result) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(each))) {
      try {
        (each as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!("b", () => 2);
      } catch {
        // Refused, or no method of two such arguments.
      }
    }
  }

  expect(result).toEqual(before);
});

test("class instances and buffers in a result are left as they are", async () => {
  class Rates {
    usd = 1;
  }

  const result = await remember(() => ({ rates: new Rates(), bytes: new Uint8Array(2) }));
  result.rates.usd = 2;
  result.bytes[0] = 1;

  expect([result.rates.usd, result.bytes[0]]).toEqual([2, 1]);
});

test("a result may hold a cycle", async () => {
  interface Ring {
    next?: Ring;
  }

  const ring = await remember(() => {
    const made: Ring = {};
    return Object.assign(made, { next: made });
  });

  expect(ring.next).toBe(ring);
});

test("a Response cannot be kept, nor a stream", async () => {
  const once = "can be read once. Return the data instead.";

  await expect(remember(() => new Response("body"))).rejects.toThrow(`remember("a"): a Response ${once}`);
  await expect(remember(() => new Response("body").body)).rejects.toThrow(`a ReadableStream ${once}`);
});
