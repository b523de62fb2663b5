import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { ThresholdDO } from "../../../examples/grove/objects/threshold.ts";
import { ask, data, grove, json } from "../support/grove.ts";

// What the object did before it was built on Loom: none of it is to come back. The fifth, that an object took any
// number of keys, is in ./threshold.test.ts.
const start = 1_800_000_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function at(seconds: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: (start + seconds) * 1000 });
}

function newThreshold() {
  at(0);
  return grove.THRESHOLD.getByName(`threshold:${crypto.randomUUID()}`);
}

function rowsOf(threshold: DurableObjectStub): Promise<unknown[]> {
  return runInDurableObject(threshold, (_, { storage }) => storage.sql.exec("SELECT * FROM rate_limits").toArray());
}

const once = { key: "ai", limit: 1, windowSeconds: 60 };

test("1: a limit of 0 denies, and stores nothing", async () => {
  const threshold = newThreshold();

  const answer = await ask(threshold, "POST /check", { ...once, limit: 0 });

  expect(answer).toEqual(json({ allowed: false, remaining: 0, resetAt: start + 60, retryAfter: 60 }));
  expect(await rowsOf(threshold)).toEqual([]);
  expect(await runDurableObjectAlarm(threshold)).toBe(false);
});

test.for<[object, string]>([
  [{ limit: "abc" }, "Invalid limit"],
  [{ windowSeconds: -1 }, "Invalid windowSeconds"],
  [{ key: {} }, "Invalid key"],
])("2: %j is refused", async ([change, message]) => {
  const answer = await ask(newThreshold(), "POST /check", { ...once, ...change });

  expect(answer).toEqual(json({ error: "bad_request", message }, 400));
});

test("2: a limit of 1.5 is 1", async () => {
  const answer = await ask(newThreshold(), "POST /check", { ...once, limit: 1.5 });

  expect(data(answer)).toMatchObject({ allowed: true, remaining: 0 });
});

test.for(["null", "{", "", "[]", '"text"', "7"])(
  "3: %j as a body is a 400, on which nobody lets traffic through",
  async (body) => {
    const answer = await ask(newThreshold(), "POST /check", body);

    expect(answer).toEqual(json({ error: "bad_request", message: "Invalid JSON" }, 400));
  },
);

test("4: a window is as long as it says: at its end a new one begins, and who is denied has to wait", async () => {
  const threshold = newThreshold();
  await ask(threshold, "POST /check", once);
  at(59);
  const last = data(await ask(threshold, "POST /check", once));
  at(60);

  expect(last).toMatchObject({ allowed: false, retryAfter: 1 });
  expect(data(await ask(threshold, "POST /check", once))).toEqual({
    allowed: true,
    remaining: 0,
    resetAt: start + 120,
  });
});

test("6: a clean-up that fails is tried again", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const threshold = newThreshold();
  await ask(threshold, "POST /check", once);
  at(300);
  await runInDurableObject(threshold, (object: ThresholdDO) => {
    vi.spyOn(object, "sweep").mockImplementationOnce(() => {
      throw new Error("the clean-up failed");
    });
  });

  await runDurableObjectAlarm(threshold);
  at(400);

  expect(await runDurableObjectAlarm(threshold)).toBe(true);
  expect(await rowsOf(threshold)).toEqual([]);
});

test("7: a wake by the clean-up alone has the table it works on", async () => {
  const threshold = newThreshold();
  await ask(threshold, "POST /check", once);
  await evictDurableObject(threshold);
  at(300);

  expect(await runDurableObjectAlarm(threshold)).toBe(true);
  expect(await rowsOf(threshold)).toEqual([]);
});

test("8: an object that has nothing answers as one that has something", async () => {
  const threshold = newThreshold();

  expect(await ask(threshold, "GET /health")).toEqual(json({ status: "ok", counters: 0, uptimeMs: 0 }));
  expect(data(await ask(threshold, "POST /check", once))).toMatchObject({ allowed: true });
});

test("9: what was denied is not counted", async () => {
  const threshold = newThreshold();
  const denied = Array.from({ length: 5 }, () => ask(threshold, "POST /check", once));
  await Promise.all(denied);

  const rows = await rowsOf(threshold);

  expect(rows).toMatchObject([{ count: 1 }]);
});
