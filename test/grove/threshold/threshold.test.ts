import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { ThresholdCheck, ThresholdDecision } from "../../../examples/grove/types.ts";
import { failureOf } from "../../support/failure.ts";
import { ask, data, grove, json, noRoute, notAllowed } from "../support/grove.ts";

const start = 1_800_000_000;
const missing = "Missing key, limit, or windowSeconds";
const usual = { key: "login", limit: 2, windowSeconds: 60 };

afterEach(() => void vi.useRealTimers());

/** Sets the clock to so many seconds after the start. */
function at(seconds: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: (start + seconds) * 1000 });
}

function newThreshold() {
  at(0);
  return grove.THRESHOLD.getByName(`threshold:${crypto.randomUUID()}`);
}

async function check(threshold: DurableObjectStub, changes: Partial<ThresholdCheck> = {}): Promise<ThresholdDecision> {
  return data(await ask(threshold, "POST /check", { ...usual, ...changes }));
}

function badRequest(message: string) {
  return json({ error: "bad_request", message }, 400);
}

function rowsOf(threshold: DurableObjectStub): Promise<unknown[]> {
  return runInDurableObject(threshold, (_, { storage }) =>
    storage.sql.exec("SELECT * FROM rate_limits ORDER BY key").toArray(),
  );
}

/** The rows that the object has written since it was made. */
function changesIn(threshold: DurableObjectStub): Promise<number> {
  return runInDurableObject(
    threshold,
    (_, { storage }) => storage.sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n,
  );
}

test("the last check within the limit is allowed, the next is a 200 that denies", async () => {
  const threshold = newThreshold();

  const answers = [
    await ask(threshold, "POST /check", usual),
    await ask(threshold, "POST /check", usual),
    await ask(threshold, "POST /check", usual),
  ];

  expect(answers).toEqual([
    json({ allowed: true, remaining: 1, resetAt: start + 60 }),
    json({ allowed: true, remaining: 0, resetAt: start + 60 }),
    json({ allowed: false, remaining: 0, resetAt: start + 60, retryAfter: 60 }),
  ]);
});

test("keys are counted apart", async () => {
  const threshold = newThreshold();
  await check(threshold, { limit: 1 });

  expect(await check(threshold, { limit: 1 })).toMatchObject({ allowed: false });
  expect(await check(threshold, { limit: 1, key: "upload" })).toMatchObject({ allowed: true });
});

test("a check that costs more counts for more, and is denied whole", async () => {
  const threshold = newThreshold();

  expect(await check(threshold, { limit: 5, cost: 3 })).toMatchObject({ allowed: true, remaining: 2 });
  expect(await check(threshold, { limit: 5, cost: 3 })).toMatchObject({ allowed: false });
  expect(await check(threshold, { limit: 5, cost: 2 })).toMatchObject({ allowed: true, remaining: 0 });
});

test("the same over RPC", async () => {
  at(0);
  const threshold = grove.THRESHOLD.getByName(`threshold:${crypto.randomUUID()}`);

  expect(await threshold.check(usual)).toEqual({ allowed: true, remaining: 1, resetAt: start + 60 });
  expect(await failureOf(threshold.check({ ...usual, limit: Infinity }))).toMatchObject({ code: "GROVE-LOOM-024" });
});

test("a window that has begun ends when it was said to, whatever is asked meanwhile", async () => {
  const threshold = newThreshold();
  await check(threshold);
  at(10);

  expect(await check(threshold, { windowSeconds: 3600 })).toMatchObject({ resetAt: start + 60 });
  expect(await check(threshold, { windowSeconds: 1 })).toMatchObject({ allowed: false, retryAfter: 50 });
});

test("counts survive an eviction", async () => {
  const threshold = newThreshold();
  await check(threshold);

  await evictDurableObject(threshold);

  expect(await check(threshold)).toMatchObject({ allowed: true, remaining: 0 });
});

test("a clock that steps back holds nobody for longer than a window", async () => {
  const threshold = newThreshold();
  await check(threshold, { limit: 1 });
  at(-86_400);

  const denied = await check(threshold, { limit: 1 });

  expect(denied).toEqual({ allowed: false, remaining: 0, resetAt: start - 86_400 + 60, retryAfter: 60 });
});

test("GET /health tells how many counters there are and for how long this instance has run", async () => {
  const threshold = newThreshold();
  await check(threshold);
  at(5);

  expect(await ask(threshold, "GET /health")).toEqual(json({ status: "ok", counters: 1, uptimeMs: 5_000 }));
});

test("a wrong method is a 405, an unknown path a 404", async () => {
  const threshold = newThreshold();

  expect(await ask(threshold, "GET /check")).toEqual(notAllowed);
  expect(await ask(threshold, "POST /checks")).toEqual(noRoute);
});

test("the first check has the clean-up come five minutes later, once", async () => {
  const threshold = newThreshold();
  await check(threshold);
  at(100);
  await check(threshold, { key: "other" });

  const due = await runInDurableObject(threshold, (_, { storage }) => storage.getAlarm());

  expect(due).toBe((start + 300) * 1000);
});

test("the clean-up deletes the windows that are over, and comes again while there are others", async () => {
  const threshold = newThreshold();
  await check(threshold);
  await check(threshold, { key: "long", windowSeconds: 600 });
  at(300);

  await runDurableObjectAlarm(threshold);
  const left = await rowsOf(threshold);
  const next = await runInDurableObject(threshold, (_, { storage }) => storage.getAlarm());
  at(600);
  await runDurableObjectAlarm(threshold);

  expect(left).toEqual([{ key: "long", count: 1, window_start: start, window_seconds: 600 }]);
  expect(next).toBe((start + 600) * 1000);
  expect(await rowsOf(threshold)).toEqual([]);
  expect(await runDurableObjectAlarm(threshold)).toBe(false);
});

test("an allowed check writes a row, a denied one none", async () => {
  const threshold = newThreshold();
  await check(threshold);

  const [before, allowed, denied] = [
    await changesIn(threshold),
    (await check(threshold)) && (await changesIn(threshold)),
    (await check(threshold)) && (await changesIn(threshold)),
  ];

  expect([allowed - before, denied - allowed]).toEqual([1, 0]);
});

test.for<[string, unknown, string]>([
  ["nothing", {}, missing],
  ["no key", { limit: 1, windowSeconds: 1 }, missing],
  ["no limit", { key: "a", windowSeconds: 1 }, missing],
  ["no window", { key: "a", limit: 1 }, missing],
  ["a null", { ...usual, limit: null }, missing],
  ["an empty key", { ...usual, key: "" }, "Invalid key"],
  ["a key of 257 characters", { ...usual, key: "a".repeat(257) }, "Invalid key"],
  ["a limit below 0", { ...usual, limit: -1 }, "Invalid limit"],
  ["a window of 0", { ...usual, windowSeconds: 0 }, "Invalid windowSeconds"],
  ["a window over a year", { ...usual, windowSeconds: 31_536_001 }, "Invalid windowSeconds"],
  ["half a second", { ...usual, windowSeconds: 1.5 }, "Invalid windowSeconds"],
  ["a cost of 0", { ...usual, cost: 0 }, "Invalid cost"],
  ["a cost over a million", { ...usual, limit: 1e7, cost: 1_000_001 }, "Invalid cost"],
  ["half a cost", { ...usual, cost: 0.5 }, "Invalid cost"],
  ["a limit that is not finite", '{"key":"a","limit":1e999,"windowSeconds":1}', "Invalid limit"],
])("%s is a 400 that says so, and nothing is stored", async ([, body, message]) => {
  const threshold = newThreshold();

  expect(await ask(threshold, "POST /check", body)).toEqual(badRequest(message));
  expect(await rowsOf(threshold)).toEqual([]);
});

test.for([
  { key: "a" },
  { key: "a".repeat(256) },
  { windowSeconds: 31_536_000 },
  { windowSeconds: 1 },
  { limit: 1e308 },
  { limit: 1e6, cost: 1_000_000 },
])("%j is within bounds", async (changes) => {
  expect(await check(newThreshold(), changes)).toMatchObject({ allowed: true });
});

test("5: an object has room for ten thousand keys; the lapsed ones make room first", async () => {
  const threshold = newThreshold();
  await runInDurableObject(threshold, (_, { storage }) => {
    const keys = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)";
    storage.sql.exec(`${keys} INSERT INTO rate_limits SELECT 'key-' || i, 1, ${start}, 60 FROM n`);
  });
  const full = await ask(threshold, "POST /check", usual);
  const known = await check(threshold, { key: "key-1" });
  at(60);

  expect(full[0]).toBe(503);
  expect(data(full)).toMatchObject({ error_code: "GROVE-THRESHOLD-001", error_description: "Too many keys." });
  expect(known).toMatchObject({ allowed: true, remaining: 0 });
  expect(await check(threshold)).toMatchObject({ allowed: true });
  expect(await rowsOf(threshold)).toHaveLength(1);
});
