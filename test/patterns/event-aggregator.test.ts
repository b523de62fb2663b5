import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type CheckedEvents,
  type Events,
  type MuteEvents,
  outside,
  type SinkEvents,
} from "../fixtures/patterns-plain.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

const start = Date.UTC(2030, 0, 1);
let name: string;

beforeEach(() => {
  name = crypto.randomUUID();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function given(): unknown[] {
  return outside.get(name)?.given ?? [];
}

/** Lets the alarms of the next hour come. */
async function passHour(object: DurableObjectStub): Promise<void> {
  vi.setSystemTime(Date.now() + 3_600_000);
  await runDurableObjectAlarm(object);
}

test("events are handed over together after a minute, in the order they came", async () => {
  const object = objectOf<Events>("Events", name);
  await object.addEvent({ type: "a" });
  await object.addEvents([{ type: "b" }, { type: "c" }]);
  expect([await object.waiting(), given()]).toEqual([3, []]);

  vi.setSystemTime(start + 60_000);
  await runDurableObjectAlarm(object);

  expect(given()).toEqual([
    { id: expect.any(String), attempt: 1, events: [{ type: "a" }, { type: "b" }, { type: "c" }] },
  ]);
  expect(await object.waiting()).toBe(0);
});

test("over HTTP it takes an event or a list", async () => {
  const object = objectOf<Events>("Events", name);
  const post = async (body: unknown) =>
    (await object.fetch("https://events/events", { method: "POST", body: JSON.stringify(body) })).json();

  expect(await post({ type: "a" })).toEqual({ success: true, waiting: 1 });
  expect(await post([{ type: "b" }, { type: "c" }])).toEqual({ success: true, waiting: 3 });
});

test("a batch whose delivery fails comes again, the same under the same id, also after an eviction", async () => {
  capture();
  outside.set(name, { given: [], failures: 1 });
  const object = objectOf<Events>("Events", name);
  await object.addEvent("kept");
  await object.flush();
  await runDurableObjectAlarm(object);
  await object.addEvent("later");

  await evictDurableObject(object);
  await passHour(object);

  const [first, second, third] = given() as { id: string; events: unknown[] }[];
  expect([first!.events, second!.events, third!.events]).toEqual([["kept"], ["kept"], ["later"]]);
  expect(second!.id).toBe(first!.id);
  expect(third!.id).not.toBe(first!.id);
});

test("a batch that is given up is kept, and can be delivered again", async () => {
  capture();
  outside.set(name, { given: [], failures: 6 });
  const object = objectOf<Events>("Events", name);
  await object.addEvent("kept");
  for (let round = 0; round < 6; round += 1) await passHour(object);

  const [lost] = await object.failedBatches();
  const wasThere = await object.retryBatch(lost!.id);
  await passHour(object);

  expect(lost).toMatchObject({ size: 1, attempts: 6, error: "Error: the sink is away" });
  expect([wasThere, await object.retryBatch("none"), await object.failedBatches()]).toEqual([true, false, []]);
  expect(given().at(-1)).toMatchObject({ id: lost!.id, events: ["kept"] });
});

test("of a list that is refused in the middle nothing is taken", async () => {
  const object = objectOf<CheckedEvents>("CheckedEvents", name);
  const body = JSON.stringify([{ type: "a" }, "no event", { type: "b" }]);

  const response = await object.fetch("https://events/events", { method: "POST", body });

  expect([response.status, await response.json()]).toMatchObject([400, { error_code: "GROVE-LOOM-024" }]);
  expect(await object.waiting()).toBe(0);
});

test("a subclass says how many events make a batch, and how many may wait", async () => {
  capture();
  const object = objectOf<CheckedEvents>("CheckedEvents", name);

  const error = await failureOf(object.addEvents([1, 2, 3, 4].map((n) => ({ type: `${n}` }))));
  await object.addEvents([{ type: "a" }, { type: "b" }, { type: "c" }]);
  await passHour(object);

  expect(error).toMatchObject({ code: "GROVE-LOOM-053", status: 503 });
  expect(given()).toEqual([[{ type: "a" }, { type: "b" }], [{ type: "c" }]]);
});

test("a class that delivers nothing says what to write, and keeps its events", async () => {
  const log = capture();
  const object = objectOf<MuteEvents>("MuteEvents", name);
  await object.addEvent("kept");

  await passHour(object);

  expect(log.lines[0]).toMatchObject({
    cause: { message: expect.stringContaining("Override `deliver(events, info)`") },
  });
  expect(await object.waiting()).toBe(1);
});

test("deliver is not callable over RPC, its overrides included", async () => {
  const object = objectOf<Events>("Events", name) as unknown as { deliver(events: unknown[]): Promise<void> };

  expect(await failureOf(object.deliver([]))).toMatchObject({ message: expect.stringContaining("does not implement") });
});

test("the ready sinks bring every event, and the second delivery of a batch changes nothing", async () => {
  capture();
  const { DB } = env as unknown as { DB: D1Database };
  const posts: { headers: Headers; body: unknown }[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
    posts.push({ headers: new Headers(init!.headers), body: JSON.parse(init!.body as string) });
    return new Response(null, { status: 202 });
  });
  const object = objectOf<SinkEvents>("SinkEvents", name);
  const events = Array.from({ length: 100 }, (_, n) => ({ n, text: `"quoted" \\ ${n}` }));
  await object.addEvents(events);

  await passHour(object);
  await passHour(object);

  const { results } = await DB.prepare("SELECT batch, event FROM seen WHERE batch = ? ORDER BY position")
    .bind(posts[0]!.headers.get("idempotency-key"))
    .all<{ batch: string; event: string }>();
  expect(results.map(({ event }) => JSON.parse(event))).toEqual(events);
  const [queued] = given() as { batch: string; position: number; event: unknown }[][];
  expect(queued!.map(({ position, event }) => [position, event])).toEqual(events.map((event, n) => [n, event]));
  expect(given()).toEqual([queued, queued]);
  expect(posts).toHaveLength(1);
  expect([posts[0]!.body, posts[0]!.headers.get("authorization")]).toEqual([events, "Bearer x"]);
});

test("an event costs a row, and a list of them one too", async () => {
  const object = objectOf<Events>("Events", name);
  await object.addEvent("first");
  const before = await object.rowsWritten();

  await object.addEvent("second");
  await object.addEvents(["third", "fourth", "fifth"]);

  expect((await object.rowsWritten()) - before).toBe(2);
});
