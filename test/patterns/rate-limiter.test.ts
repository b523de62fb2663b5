import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkRateLimit, rateLimited, type RateLimiter } from "../../src/patterns/index.ts";
import type { SlowDoor } from "../fixtures/slow-door.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

const began = Date.UTC(2030, 0, 1);
const hour = 3_600_000;

// Only the Date: alarms of 2030 do not ring by themselves.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: began }));
afterEach(() => void vi.useRealTimers());

function post(stub: DurableObjectStub<RateLimiter>, path: string, body: object): Promise<Response> {
  return stub.fetch(`https://internal${path}`, { method: "POST", body: JSON.stringify(body) });
}

function rowsWritten({ storage }: DurableObjectState): number {
  return Number(storage.sql.exec("SELECT total_changes() AS rows").one().rows);
}

const bodies: [string, { readonly key: string }, object][] = [
  ["/check", { key: "user:1", limit: 2, window: hour } as never, { resetAt: began + hour }],
  ["/check/sliding-window", { key: "user:1", limit: 2, window: hour } as never, { resetAt: began + hour }],
  ["/check/token-bucket", { key: "user:1", capacity: 2, refillRate: 10, tokens: 1 } as never, { resetAt: began + 100 }],
  ["/check/leaky-bucket", { key: "user:1", capacity: 2, leakRate: 10 } as never, { resetAt: began + 100, delay: 0 }],
];

test.each(bodies)(
  "POST %s allows up to the limit, over an eviction too, then answers 429",
  async (path, body, first) => {
    const stub = objectOf<RateLimiter>("RateLimiter");
    const allowed = await post(stub, path, body);
    const decision = await allowed.json(); // an answer that is not read keeps the object
    await evictDurableObject(stub);
    expect(await (await post(stub, path, body)).json()).toMatchObject({ allowed: true, count: 2 });
    const denied = await post(stub, path, body);

    expect(allowed.status).toBe(200);
    expect(decision).toEqual({ allowed: true, limit: 2, count: 1, remaining: 1, retryAfter: 0, ...first });
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      "ratelimit-limit": "2",
      "ratelimit-remaining": "1",
      "ratelimit-reset": String(Math.ceil(((first as { resetAt: number }).resetAt - began) / 1_000)),
    });
    expect(allowed.headers.has("retry-after")).toBe(false);
    expect(denied.status).toBe(429);
    expect(Number(denied.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await denied.json()).toMatchObject({ allowed: false, count: 2, remaining: 0 });
    expect((await post(stub, path, { ...body, key: "user:2" })).status).toBe(200);
  },
);

test.each<[string, object, string]>([
  ["/check", { limit: 1, window: 1 }, "key"],
  ["/check", { key: "", limit: 1, window: 1 }, "key"],
  ["/check", { key: "a\ud800", limit: 1, window: 1 }, "key"],
  ["/check", { key: "a", limit: -1, window: 1 }, "limit"],
  ["/check", { key: "a", limit: 1.5, window: 1 }, "limit"],
  ["/check/sliding-window", { key: "a", limit: 1, window: 0 }, "window"],
  ["/check/token-bucket", { key: "a", capacity: 1, refillRate: 0 }, "refillRate"],
  ["/check/token-bucket", { key: "a", capacity: 1, refillRate: 1, tokens: 0 }, "tokens"],
  ["/check/leaky-bucket", { key: "a", capacity: "1", leakRate: 1 }, "capacity"],
])("POST %s with %j is a 400 that names what is wrong, and stores nothing", async (path, body, field) => {
  const stub = objectOf<RateLimiter>("RateLimiter");
  const response = await post(stub, path, body);

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-024", issues: [{ path: [field] }] });
  expect(await runInDurableObject(stub, (_, ctx) => rowsWritten(ctx))).toBe(0);
});

test("the methods answer over RPC, and refuse what the routes refuse", async () => {
  const stub = objectOf<RateLimiter>("RateLimiter");
  const { count } = await stub.slidingWindow({ key: "a", limit: 3, window: hour });

  expect(count).toBe(1);
  expect(await stub.tokenBucket({ key: "a", capacity: 3, refillRate: 1, tokens: 3 })).toMatchObject({ remaining: 0 });
  expect(await failureOf(stub.check({ key: "a", limit: 3 } as never))).toMatchObject({ code: "GROVE-LOOM-024" });
});

test("a limit of 0 denies, over HTTP too, and writes nothing", async () => {
  const stub = objectOf<RateLimiter>("RateLimiter");
  const response = await post(stub, "/check", { key: "a", limit: 0, window: hour });

  expect(response.status).toBe(429);
  expect(response.headers.get("ratelimit-limit")).toBe("0");
  expect(await runInDurableObject(stub, (_, ctx) => rowsWritten(ctx))).toBe(0);
});

test("one key has several windows at once", async () => {
  const stub = objectOf<RateLimiter>("RateLimiter");
  await stub.check({ key: "a", limit: 1, window: 1_000 });

  expect(await stub.check({ key: "a", limit: 1, window: 1_000 })).toMatchObject({ allowed: false });
  expect(await stub.check({ key: "a", limit: 100, window: hour })).toMatchObject({ allowed: true, count: 1 });
});

test("a check writes a row, a denied one none, and the sweep's alarm is set once", async () => {
  const rows = await runInDurableObject(objectOf<RateLimiter>("RateLimiter"), async (object, ctx) => {
    const written: number[] = [];
    for (const key of ["a", "a", "a", "b", "b", "b"]) {
      const before = rowsWritten(ctx);
      object.slidingWindow({ key, limit: 2, window: hour });
      await Promise.resolve();
      written.push(rowsWritten(ctx) - before);
    }
    return written;
  });

  expect(rows).toEqual([3, 1, 0, 1, 1, 0]);
});

test("what has run out is swept by the alarm, which ends when nothing is left", async () => {
  const stub = objectOf<RateLimiter>("RateLimiter");
  await stub.check({ key: "short", limit: 1, window: 90_000 });
  await stub.tokenBucket({ key: "long", capacity: 1, refillRate: 0.001 });
  const left = () =>
    runInDurableObject(stub, async (_, { storage }) => ({
      entries: [...storage.kv.list({ prefix: "loom:entries" })].length,
      alarm: await storage.getAlarm(),
    }));
  const sweepAt = async (time: number) => {
    vi.setSystemTime(time);
    await runDurableObjectAlarm(stub);
    return left();
  };

  expect(await left()).toEqual({ entries: 2, alarm: began + 90_000 });
  expect(await sweepAt(began + 90_000)).toEqual({ entries: 1, alarm: began + 1_000_000 });
  expect(await sweepAt(began + 1_000_000)).toEqual({ entries: 0, alarm: null });
});

const limiters = (env as unknown as Record<string, DurableObjectNamespace<RateLimiter>>)["RateLimiter"]!;

test("checkRateLimit asks an object a key", async () => {
  const key = crypto.randomUUID();
  expect(await checkRateLimit(limiters, { key, limit: 1, window: "1h" })).toMatchObject({ allowed: true });
  expect(await limiters.getByName(key).check({ key, limit: 1, window: hour })).toMatchObject({ allowed: false });
});

test("checkRateLimit with shards spreads the keys over that many objects", async () => {
  const asked = new Set<string>();
  const spy = { getByName: (name: string) => (asked.add(name), limiters.getByName(crypto.randomUUID() + name)) };
  const ask = (at: number) =>
    checkRateLimit(spy as never, { key: `user:${at}`, limit: 1, window: hour }, { shards: 4 });
  await Promise.all(Array.from({ length: 64 }, (_, at) => ask(at)));

  expect(asked.size).toBe(4);
});

test.each([
  [{ algorithm: "fixed-window", limit: 1, window: hour }],
  [{ algorithm: "sliding-window", limit: 1, window: hour }],
  [{ algorithm: "token-bucket", capacity: 5, refillRate: 0.1, tokens: 4 }],
  [{ algorithm: "leaky-bucket", capacity: 1, leakRate: 0.1 }],
] as const)("checkRateLimit decides by %j", async (limit) => {
  const key = crypto.randomUUID();
  await checkRateLimit(limiters, { key, ...limit });

  expect(await checkRateLimit(limiters, { key, ...limit })).toMatchObject({ allowed: false });
});

test("checkRateLimit without a binding says what to write", async () => {
  const check = { key: "a", limit: 1, window: 1 };

  expect(await failureOf(checkRateLimit(undefined, check))).toMatchObject({
    message: expect.stringContaining("wrangler.toml"),
  });
});

test("checkRateLimit refuses no shards at all", async () => {
  const call = checkRateLimit(limiters, { key: "a", limit: 1, window: 1 }, { shards: 0 });

  expect(await failureOf(call)).toMatchObject({ message: expect.stringContaining("shards is 0") });
});

test("an object of one's own limits itself by the plain functions, over an eviction too", async () => {
  const door = objectOf<SlowDoor>("SlowDoor");
  const knocks = [await door.knock(), await door.knock()];
  await evictDurableObject(door);
  knocks.push(await door.knock());
  vi.setSystemTime(began + 1_000);

  expect([...knocks, await door.knock()]).toEqual([true, true, false, true]);
});

test("rateLimited is the 429 for the client", async () => {
  const key = crypto.randomUUID();
  const response = rateLimited(await checkRateLimit(limiters, { key, limit: 0, window: 1_500 }));

  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("2");
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-031" });
});
