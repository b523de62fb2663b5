import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Counter, ShardedCounter } from "../../src/patterns/index.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

const namespace = (env as unknown as { Counter: DurableObjectNamespace<Counter> }).Counter;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
});

afterEach(() => {
  vi.useRealTimers();
});

function post(counter: DurableObjectStub<Counter>, path: string): Promise<Response> {
  return counter.fetch(new Request(`https://internal${path}`, { method: "POST" }));
}

test("the document's request increments and answers the value", async () => {
  const counter = objectOf<Counter>("Counter");

  const response = await counter.fetch(new Request("https://internal/increment", { method: "POST" }));
  const { value } = await response.json<{ value: number }>();

  expect(value).toBe(1);
});

test("over HTTP it counts by one or by what the query says, up and down, and starts anew", async () => {
  const counter = objectOf<Counter>("Counter");
  const values: unknown[] = [];

  for (const path of ["/increment?by=10", "/decrement", "/decrement?by=12", "/reset", "/increment?by=0"]) {
    values.push(await (await post(counter, path)).json());
  }
  const read = await counter.fetch("https://internal/value");

  expect(values).toEqual([10, 9, -3, 0, 0].map((value) => ({ value })));
  expect(await read.json()).toEqual({ value: 0 });
});

test("over RPC it counts, and reset answers what it was", async () => {
  const counter = objectOf<Counter>("Counter");

  expect([await counter.increment(), await counter.increment(4), await counter.decrement(2)]).toEqual([1, 5, 3]);
  expect([await counter.value(), await counter.reset(), await counter.value()]).toEqual([3, 3, 0]);
});

test("what it counted survives an eviction", async () => {
  const counter = objectOf<Counter>("Counter");
  await counter.increment(7);

  await evictDurableObject(counter);

  expect(await counter.value()).toBe(7);
});

test.for(["1.5", "-1", "x", "", "1e3", "9007199254740993", "1&by=2"])(
  "by=%s is a 400 and counts nothing",
  async (by) => {
    const counter = objectOf<Counter>("Counter");

    const response = await post(counter, `/increment?by=${by}`);

    expect([response.status, await counter.value()]).toEqual([400, 0]);
  },
);

test.for([1.5, -1, NaN, "2", 2 ** 53])("RPC refuses to count by %s", async (by) => {
  const counter = objectOf<Counter>("Counter");

  const error = await failureOf(counter.increment(by as number));

  expect(error).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect(await counter.value()).toBe(0);
});

test("a count that would not be exact any more is refused", async () => {
  const counter = objectOf<Counter>("Counter");
  await counter.increment(Number.MAX_SAFE_INTEGER);

  const error = await failureOf(counter.increment());

  expect(error).toMatchObject({ code: "GROVE-LOOM-024" });
  expect(await counter.value()).toBe(Number.MAX_SAFE_INTEGER);
});

test("whatever is counted at once in whatever order, the sharded sum is exact", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, shards) => {
        const counter = new ShardedCounter(namespace, crypto.randomUUID(), { shards });
        await Promise.all(steps.map((by) => (by < 0 ? counter.decrement(-by) : counter.increment(by))));

        expect(await counter.value()).toBe(steps.reduce((sum, by) => sum + by, 0));
      },
    ),
    { numRuns: 15 },
  );
});

test("increments are spread over the shards", async () => {
  const name = crypto.randomUUID();
  const counter = new ShardedCounter(namespace, name, { shards: 2 });
  vi.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValueOnce(0.99).mockReturnValueOnce(0.5);

  for (const by of [1, 10, 100]) await counter.increment(by);
  vi.restoreAllMocks();

  expect([await namespace.getByName(`${name}#0`).value(), await namespace.getByName(`${name}#1`).value()]).toEqual([
    1, 110,
  ]);
});

test("a sum is remembered for as long as it says, by every helper of that name", async () => {
  const name = crypto.randomUUID();
  const counter = () => new ShardedCounter(namespace, name, { shards: 2, cache: "5s" });
  await counter().increment();
  const values = [await counter().value()];
  await counter().increment();
  values.push(await counter().value());
  vi.setSystemTime(Date.now() + 4_999);
  values.push(await counter().value());

  vi.setSystemTime(Date.now() + 1);
  values.push(await counter().value());

  expect(values).toEqual([1, 1, 1, 2]);
});

test("a fresh value asks the shards, and a clock that was set back does too", async () => {
  const counter = new ShardedCounter(namespace, crypto.randomUUID(), { shards: 2 });
  const before = await counter.value();
  await counter.increment();
  const fresh = await counter.value({ fresh: true });
  await counter.increment();

  vi.setSystemTime(Date.now() - 60_000);

  expect([before, fresh, await counter.value()]).toEqual([0, 1, 2]);
});

test("reset empties every shard and forgets the sum", async () => {
  const counter = new ShardedCounter(namespace, crypto.randomUUID(), { shards: 3 });
  await Promise.all([counter.increment(), counter.increment(), counter.increment(5)]);
  await counter.value();

  expect([await counter.reset(), await counter.value()]).toEqual([7, 0]);
});

test.for([0, 1.5, NaN])("%s shards are refused", (shards) => {
  expect(() => new ShardedCounter(namespace, "any", { shards })).toThrow(/no number of objects/);
});

test("a binding that is missing is an error that says so", async () => {
  const counter = new ShardedCounter(undefined, "any");

  expect(await failureOf(counter.increment())).toMatchObject({ message: expect.stringContaining("wrangler.toml") });
  expect(await failureOf(counter.value())).toMatchObject({ message: expect.stringContaining("wrangler.toml") });
});
