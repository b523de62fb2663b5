import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type GivenMetrics,
  outside,
  type PlainMetrics,
  type SeldomMetrics,
  type TightMetrics,
} from "../fixtures/patterns-plain.ts";
import type { MetricRecord } from "../../src/patterns/index.ts";
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

interface Given {
  readonly id: string;
  readonly points: { readonly name: string; readonly value: number }[];
  readonly written: unknown[];
}

function given(): Given[] {
  return (outside.get(name)?.given ?? []) as Given[];
}

async function textOf(object: DurableObjectStub, accept = "*/*"): Promise<string> {
  const response = await object.fetch("https://metrics/metrics", { headers: { accept } });
  return response.text();
}

async function passMinute(object: DurableObjectStub): Promise<void> {
  vi.setSystemTime(Date.now() + 60_000);
  await runDurableObjectAlarm(object);
}

test("the document's recordMetric adds up, and what it added survives an eviction", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  await object.recordMetric("page_views", 1);
  await object.recordMetric("page_views", 2);

  await evictDurableObject(object);
  await object.recordMetric("page_views", 0.5);

  expect(await textOf(object)).toBe("# TYPE page_views counter\npage_views 3.5\n");
});

test("a gauge is what it was last, a histogram counts what is up to each bound", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  for (const value of [5, -2]) await object.recordMetric("queue_length", value);
  for (const value of [0.1, 0.05, 7, 99]) await object.recordMetric("wait_seconds", value, { labels: { desk: "a" } });

  expect(await textOf(object)).toBe(
    [
      "# HELP queue_length Who waits.",
      "# TYPE queue_length gauge",
      "queue_length -2",
      '# HELP wait_seconds How long\\nthey "wait" in C:\\\\',
      "# TYPE wait_seconds histogram",
      'wait_seconds_bucket{desk="a",le="0.1"} 2',
      'wait_seconds_bucket{desk="a",le="1.0"} 2',
      'wait_seconds_bucket{desk="a",le="10.0"} 3',
      'wait_seconds_bucket{desk="a",le="+Inf"} 4',
      'wait_seconds_sum{desk="a"} 106.15',
      'wait_seconds_count{desk="a"} 4',
      "",
    ].join("\n"),
  );
});

test("labels are escaped, and their order makes no other series", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  const odd = 'say "hi"\\\nbye';
  await object.recordMetric("hits", 1, { labels: { path: odd, code: "200" } });
  await object.recordMetric("hits", 1, { labels: { code: "200", path: odd } });

  expect(await textOf(object)).toBe('# TYPE hits counter\nhits{code="200",path="say \\"hi\\"\\\\\\nbye"} 2\n');
});

test("who asks for OpenMetrics gets its counters, help and end", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  await object.recordMetric("hits_total", 2);
  await object.recordMetric("wait_seconds", 20);

  const response = await object.fetch("https://metrics/metrics", {
    headers: { accept: "application/openmetrics-text; version=1.0.0; q=0.5, text/plain; q=0.4" },
  });
  const text = new TextDecoder().decode(await response.arrayBuffer());

  expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  const lines = text.split("\n");
  expect(lines.slice(0, 4)).toEqual([
    "# TYPE hits counter",
    "hits_total 2",
    '# HELP wait_seconds How long\\nthey \\"wait\\" in C:\\\\',
    "# TYPE wait_seconds histogram",
  ]);
  expect(lines.slice(-2)).toEqual(["# EOF", ""]);
});

test("an object that recorded nothing answers with nothing, and stores nothing", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);

  const response = await object.fetch("https://metrics/metrics");

  expect([response.headers.get("content-type"), await response.text()]).toEqual([
    "text/plain; version=0.0.4; charset=utf-8",
    "",
  ]);
  expect(await object.rowsWritten()).toBe(0);
});

test("values for more series than may be are dropped, counted and logged once", async () => {
  const log = capture();
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  const records = Array.from({ length: 5 }, (_, user) => ({ name: "hits", value: 1, labels: { user: `${user}` } }));

  await object.recordMetrics(records);
  await object.recordMetrics(records);

  expect(await textOf(object)).toBe(
    [
      "# TYPE hits counter",
      'hits{user="0"} 2',
      'hits{user="1"} 2',
      'hits{user="2"} 2',
      "# HELP loom_metrics_dropped_total Values that found no room among the series.",
      "# TYPE loom_metrics_dropped_total counter",
      "loom_metrics_dropped_total 4",
      "",
    ].join("\n"),
  );
  expect(log.only()).toMatchObject({ level: "warn", most: 3 });
});

test.for([
  [{ name: "no name", value: 1 }, "no metric's name"],
  [{ name: "hits", value: null }, "no finite number"],
  [{ name: "hits", value: -1 }, "cannot grow"],
  [{ name: "hits", value: 1, labels: { le: "1" } }, "no label"],
  [{ name: "hits", value: 1, labels: { __own: "1" } }, "no label"],
  [{ name: "hits", value: 1, labels: { a: 1 } }, "no label"],
  [{ name: "hits", value: 1, labels: { a: "x".repeat(500) } }, "500 characters"],
  [{ name: "hits", value: 1, type: "summary" }, "no type"],
  [{ name: "wait_seconds", value: 1, type: "gauge" }, "is a histogram"],
  [null, "no metric's name"],
] as const)("%o is a 400 that says why", async ([record, problem]) => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);

  const response = await object.fetch("https://metrics/metrics", { method: "POST", body: JSON.stringify([record]) });

  const body = await response.json<{ issues: { message: string }[] }>();
  expect([response.status, body.issues[0]!.message]).toEqual([400, expect.stringContaining(problem)]);
  expect(await textOf(object)).toBe("");
});

test("a type that the first record gave a metric is kept", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  await object.recordMetric("load", 3, { type: "gauge" });
  await object.recordMetric("load", 1);

  const error = await failureOf(object.recordMetric("load", 1, { type: "counter" }));

  expect(error).toMatchObject({ code: "GROVE-LOOM-024", message: expect.stringContaining("is a gauge") });
  expect(await textOf(object)).toBe("# TYPE load gauge\nload 1\n");
});

test("a metric that is defined as another type or with other buckets starts anew", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  await object.recordMetric("wait_seconds", 0.1);
  await object.redefine({ wait_seconds: { type: "histogram", buckets: [5] } });
  await object.recordMetric("wait_seconds", 2);
  const rebucketed = await textOf(object);
  await object.redefine({ wait_seconds: { type: "gauge" } });

  await object.recordMetric("wait_seconds", 3);

  expect(rebucketed).toContain('wait_seconds_bucket{le="5.0"} 1\nwait_seconds_bucket{le="+Inf"} 1\n');
  expect(await textOf(object)).toBe("# TYPE wait_seconds gauge\nwait_seconds 3\n");
});

test("a class that saves seldom writes once an interval, and an alarm writes what was put off", async () => {
  const object = objectOf<SeldomMetrics>("SeldomMetrics", name);
  await object.recordMetric("hits", 1);
  const before = await object.rowsWritten();
  for (let hit = 0; hit < 21; hit += 1) await object.recordMetric("hits", 1);

  await passMinute(object);
  const rows = (await object.rowsWritten()) - before;
  await evictDurableObject(object);

  expect(rows).toBe(5);
  expect(await textOf(object)).toBe("# TYPE hits counter\nhits 22\n");
});

test("a call costs one row, whatever it records", async () => {
  const object = objectOf<PlainMetrics>("PlainMetrics", name);
  await object.recordMetric("hits", 1);
  const before = await object.rowsWritten();

  await object.recordMetric("hits", 1);
  await object.recordMetrics([
    { name: "hits", value: 1 },
    { name: "misses", value: 1 },
    { name: "queue_length", value: 1 },
  ]);

  expect((await object.rowsWritten()) - before).toBe(2);
});

test("a class that delivers is given what changed since the last time", async () => {
  const object = objectOf<GivenMetrics>("GivenMetrics", name);
  await object.recordMetrics([
    { name: "hits", value: 2 },
    { name: "load", value: 0.5, type: "gauge" },
    { name: "wait", value: 3, type: "histogram", labels: { desk: "a" } },
  ]);
  await passMinute(object);
  await object.recordMetric("hits", 5);
  await passMinute(object);
  await passMinute(object);

  const at = start + 60_000;
  expect(given().map(({ points }) => points)).toEqual([
    [
      { name: "hits", type: "counter", labels: {}, value: 2, count: 1, at },
      { name: "load", type: "gauge", labels: {}, value: 0.5, count: 1, at },
      { name: "wait", type: "histogram", labels: { desk: "a" }, value: 3, count: 1, at },
    ],
    [{ name: "hits", type: "counter", labels: {}, value: 5, count: 1, at: at + 60_000 }],
  ]);
  expect(given()[0]!.written[2]).toEqual({
    indexes: ["wait"],
    blobs: ["wait", "histogram", '{"desk":"a"}'],
    doubles: [3, 1, at],
  });
  expect(await textOf(object)).toContain("hits 7\n");
});

test("points whose delivery fails come again under the same id, and count once", async () => {
  capture();
  outside.set(name, { given: [], failures: 1 });
  const object = objectOf<GivenMetrics>("GivenMetrics", name);
  await object.recordMetric("hits", 2);

  await passMinute(object);
  await evictDurableObject(object);
  await passMinute(object);

  const [first, second, ...more] = given();
  expect([first!.points, first!.id, more]).toEqual([second!.points, second!.id, []]);
});

test("what finds no room before a sink that is away is given with the next points", async () => {
  capture();
  outside.set(name, { given: [], failures: 2 });
  const object = objectOf<TightMetrics>("TightMetrics", name);
  const both = (value: number) => ["hits", "misses"].map((metric) => ({ name: metric, value }));
  for (const value of [1, 10]) {
    await object.recordMetrics(both(value));
    await passMinute(object);
  }
  await passMinute(object);
  await object.recordMetrics(both(100));
  for (let minute = 0; minute < 3; minute += 1) await passMinute(object);

  const values = given().map(({ points }) => points.map(({ value }) => value));
  expect(values.slice(0, 3)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
  expect(
    values
      .slice(3)
      .flat()
      .reduce((sum, value) => sum + value, 0),
  ).toBe(220);
});

test("no alarm gives away more than 250 points", async () => {
  const object = objectOf<GivenMetrics>("GivenMetrics", name);
  const records: MetricRecord[] = Array.from({ length: 600 }, (_, n) => ({
    name: "hits",
    value: 1,
    labels: { n: `${n}` },
  }));
  await object.recordMetrics(records);
  const counts: number[] = [];

  for (let alarm = 0; alarm < 4; alarm += 1) {
    await passMinute(object);
    counts.push(given().reduce((sum, { points }) => sum + points.length, 0));
  }

  expect(counts).toEqual([250, 500, 600, 600]);
});

test("a delivery costs eight rows, whether of one point or of two hundred", async () => {
  const object = objectOf<GivenMetrics>("GivenMetrics", name);
  await object.recordMetric("hits", 1);
  const before = await object.rowsWritten();
  await passMinute(object);
  const one = (await object.rowsWritten()) - before;
  await object.recordMetrics(
    Array.from({ length: 200 }, (_, n) => ({ name: "hits", value: 1, labels: { n: `${n}` } })),
  );
  const between = await object.rowsWritten();

  await passMinute(object);

  expect([one, (await object.rowsWritten()) - between]).toEqual([8, 8]);
});

test("nothing but recording is callable over RPC", async () => {
  const object = objectOf<GivenMetrics>("GivenMetrics", name) as unknown as Record<string, () => Promise<unknown>>;

  for (const member of ["deliver", "collect", "getMetrics", "postMetrics", "definitions", "state_data"]) {
    expect(await failureOf(object[member]!())).toMatchObject({
      message: expect.stringContaining("does not implement"),
    });
  }
});
