import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type {
  DocumentElection,
  DocumentEvents,
  DocumentLock,
  DocumentMetrics,
  DocumentService,
} from "../fixtures/patterns-document.ts";
import { objectOf } from "../support.ts";

const start = Date.UTC(2030, 0, 1);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: start }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the document's election has one leader until its time is over", async () => {
  const election = objectOf<DocumentElection>("DocumentElection");

  expect(await election.claimLeadership("a", 1_000)).toBe(true);
  expect(await election.claimLeadership("b", 1_000)).toBe(false);
  expect(await election.claimLeadership("a", 1_000)).toBe(true);

  vi.setSystemTime(start + 1_001);

  expect(await election.claimLeadership("b", 1_000)).toBe(true);
});

test("the document's lock is given once, and again when it was released", async () => {
  const lock = objectOf<DocumentLock>("DocumentLock");

  const given = await Promise.all([lock.acquire("a", 1_000), lock.acquire("a", 1_000), lock.acquire("b", 1_000)]);
  await lock.release("a");

  expect(given).toEqual([true, false, true]);
  expect(await lock.acquire("a", 1_000)).toBe(true);
});

test("the document's aggregator sends a hundred events at a time", async () => {
  const aggregator = objectOf<DocumentEvents>("DocumentEvents");
  const sent = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());

  for (let nth = 0; nth < 150; nth++) await aggregator.addEvent({ type: `event ${nth}` } as Event);

  expect(sent.mock.calls.map(([url]) => url)).toEqual(["https://analytics.example.com/events"]);
  expect(JSON.parse(String(sent.mock.calls[0]![1]!.body))).toHaveLength(100);
});

test("the document's metrics add up until they are flushed", async () => {
  const metrics = objectOf<DocumentMetrics>("DocumentMetrics");
  const printed = vi.spyOn(console, "log").mockReturnValue();
  const random = vi.spyOn(Math, "random").mockReturnValue(0.5);

  await metrics.recordMetric("views", 2);
  await metrics.recordMetric("views", 3);
  random.mockReturnValue(0);
  await metrics.recordMetric("clicks", 1);

  expect(printed.mock.calls).toEqual([["Metrics:", { views: 5, clicks: 1 }]]);
});

test("the document's service cleans up, and tells nobody what went wrong", async () => {
  const service = objectOf<DocumentService>("DocumentService");
  vi.spyOn(console, "log").mockReturnValue();
  const logged = vi.spyOn(console, "error").mockReturnValue();

  const cleaned = await service.fetch("https://service/");
  const broken = await service.fetch("https://service/broken");

  expect(await cleaned.json()).toEqual({ success: true, deleted: 1, left: 1 });
  expect([broken.status, await broken.json()]).toEqual([500, { error: "Internal error" }]);
  expect(logged).toHaveBeenCalledExactlyOnceWith("Durable Object error:", new Error("secret"));
});
