import { evictDurableObject, listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { AnalyticsDO } from "../../../examples/grove/objects/analytics.ts";
import { failureOf } from "../../support/failure.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, data, grove, json, notJson, tooLarge } from "../support/grove.ts";
import { alarmOf, at, date, day, dayOf, historyOf, hour, midnight, newDay, rowsIn, view } from "./days.ts";

const minute = 60_000;
const none = { pageViews: 0, uniqueVisitors: 0, postsCreated: 0, commentsCreated: 0, reactionsGiven: 0 };
const { DAYS } = env as unknown as { DAYS: KVNamespace }; // the sink's own store, bound by options.ts

beforeAll(prepareDatabase);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a day without events has its 24 hours, and nothing pending", async () => {
  const { object, tenantId } = newDay();

  const hourly = Array.from({ length: 24 }, (_, at) => ({ hour: at, ...none }));
  expect(await object.getStats()).toEqual({ tenantId, date, totals: none, hourly, topPages: [], finalized: false });
  expect(await alarmOf(object)).toBeNull();
});

test.for([
  ["page_view", "pageViews"],
  ["post_created", "postsCreated"],
  ["comment_created", "commentsCreated"],
  ["reaction", "reactionsGiven"],
  ["reaction_given", "reactionsGiven"],
] as const)("an event %s counts as one of %s, in the hour of its time", async ([type, total]) => {
  const { object } = newDay();

  const outcome = await object.recordEvents([{ type, timestamp: midnight + 7 * hour }]);
  const stats = await object.getStats();

  expect(outcome).toEqual({ accepted: 1, rejected: 0 });
  expect(stats.totals).toEqual({ ...none, [total]: 1 });
  expect(stats.hourly[7]).toEqual({ hour: 7, ...none, [total]: 1 });
});

test("a visitor counts once a day, in the hour of first sight, in whatever order the events arrive", async () => {
  const { object } = newDay();

  await object.recordEvents([view({ timestamp: midnight + 9 * hour }), view({ timestamp: midnight + 8 * hour })]);
  await object.recordEvents([view({ timestamp: midnight + 7 * hour }), view({ visitorHash: "bob" })]);
  const { totals, hourly } = await object.getStats();

  expect(totals).toMatchObject({ pageViews: 4, uniqueVisitors: 2 });
  expect(hourly.filter(({ uniqueVisitors }) => uniqueVisitors > 0)).toMatchObject([
    { hour: 8, uniqueVisitors: 1 },
    { hour: 10, uniqueVisitors: 1 },
  ]);
});

test("an event without a visitor adds a view and no visitor", async () => {
  const { object } = newDay();

  await object.recordEvents([{ type: "page_view", path: "/", timestamp: midnight }]);

  expect((await object.getStats()).totals).toEqual({ ...none, pageViews: 1 });
});

test("path and visitor may stand in the event's data", async () => {
  const { object } = newDay();

  await object.recordEvents([{ type: "page_view", data: { path: "/a", visitorHash: "ada" }, timestamp: midnight }]);

  expect((await object.getStats()).topPages).toEqual([{ path: "/a", views: 1, uniqueViews: 1 }]);
});

test("pages are told apart without query and fragment, up to 512 characters", async () => {
  const { object } = newDay();
  const long = `/${"a".repeat(600)}`;

  await object.recordEvents(["/a?x=1", "/a#top", "/a", long, `${long}b`].map((path) => view({ path })));

  expect((await object.getStats()).topPages).toEqual([
    { path: "/a", views: 3, uniqueViews: 1 },
    { path: long.slice(0, 512), views: 2, uniqueViews: 1 },
  ]);
});

test.for(["a", "", 7, null])("a view of a path that is none, %j, counts as a view of no page", async (path) => {
  const { object } = newDay();

  await object.recordEvents([{ ...view(), path }]);

  expect(await object.getStats()).toMatchObject({ totals: { pageViews: 1, uniqueVisitors: 1 }, topPages: [] });
});

test.for(["", "a".repeat(129), 7, null])("a visitor that is none, %j, is no visitor", async (visitorHash) => {
  const { object } = newDay();

  await object.recordEvents([{ ...view(), visitorHash }]);

  expect((await object.getStats()).totals).toMatchObject({ pageViews: 1, uniqueVisitors: 0 });
});

test("the twenty most read pages are shown, the most read first", async () => {
  const { object } = newDay();
  const views = Array.from({ length: 25 }, (_, page) =>
    Array.from({ length: page + 1 }, () => view({ path: `/${page}` })),
  );

  await object.recordEvents(views.flat());
  const { topPages } = await object.getStats();

  expect(topPages.map(({ path, views: count }) => [path, count])).toEqual(
    Array.from({ length: 20 }, (_, at) => [`/${24 - at}`, 25 - at]),
  );
});

test.for<[string, unknown]>([
  ["no event", 7],
  ["nothing", null],
  ["no type", { timestamp: midnight }],
  ["a type that is no text", { type: 1, timestamp: midnight }],
  ["no time", { type: "page_view" }],
  ["a time that is no number", { type: "page_view", timestamp: "now" }],
  ["a type that is not counted", { type: "signup", timestamp: midnight }],
  ["the day before", view({ timestamp: midnight - 5 * minute - 1 })],
  ["the day after", view({ timestamp: midnight + day + 5 * minute + 1 })],
])("%s is rejected alone", async ([, event]) => {
  const { object } = newDay();

  const answer = await ask(object, "POST /events", { events: [event, view()] });

  expect(answer).toEqual(json({ success: true, accepted: 1, rejected: 1 }));
  expect((await object.getStats()).totals).toMatchObject({ pageViews: 1, uniqueVisitors: 1 });
});

test.for([
  [-5 * minute, 0],
  [0, 0],
  [24 * hour - 1, 23],
  [24 * hour + 5 * minute, 23],
])("%i ms from the day's beginning are hour %i", async ([offset, expected]) => {
  const { object } = newDay();

  await object.recordEvents([view({ timestamp: midnight + offset! })]);

  expect((await object.getStats()).hourly[expected!]).toMatchObject({ pageViews: 1 });
});

test("a batch that comes twice counts once, with the same answer, also after an eviction", async () => {
  const { object } = newDay();
  const events = [view(), { type: "signup", timestamp: midnight }];

  const first = await object.recordEvents(events, "batch-1");
  await evictDurableObject(object);
  const second = await object.recordEvents(events, "batch-1");

  expect([first, second]).toEqual(Array(2).fill({ accepted: 1, rejected: 1 }));
  expect((await object.getStats()).totals).toMatchObject({ pageViews: 1 });
});

test("a batch that cannot be written whole counts for nothing", async () => {
  const { object } = newDay();
  await runInDurableObject(object, (_, { storage }) => void storage.sql.exec("DROP TABLE seen_batches"));

  expect(await failureOf(object.recordEvents([view()], "batch-1"))).toBeInstanceOf(Error);
  expect(await object.getStats()).toMatchObject({ totals: none, topPages: [] });
  expect(await rowsIn(object, "visitor_hashes")).toEqual([]);
});

test("a batch that counts for nothing leaves the day as empty as it was", async () => {
  const { object } = newDay();

  await object.recordEvents([{ type: "signup", timestamp: midnight }], "batch-1");

  expect(await rowsIn(object, "seen_batches")).toEqual([]);
  expect(await alarmOf(object)).toBeNull();
});

const events = fc.array(
  fc.record(
    {
      type: fc.constantFrom("page_view", "reaction"),
      path: fc.constantFrom("/a", "/b"),
      visitorHash: fc.constantFrom("ada", "bob", "eve"),
      timestamp: fc.integer({ min: midnight, max: midnight + day - 1 }),
    },
    { noNullPrototype: true },
  ),
);

test("however events are cut into batches, visitors and readers are counted exactly", () =>
  fc.assert(
    fc.asyncProperty(fc.array(events, { minLength: 1, maxLength: 4 }), async (batches) => {
      const { object } = newDay();
      for (const batch of batches) await object.recordEvents(batch);
      const { totals, hourly, topPages } = await object.getStats();

      const all = batches.flat();
      const readers = all
        .filter(({ type }) => type === "page_view")
        .map((event) => `${event.path} ${event.visitorHash}`);
      expect(totals.uniqueVisitors).toBe(new Set(all.map(({ visitorHash }) => visitorHash)).size);
      expect(hourly.reduce((sum, each) => sum + each.uniqueVisitors, 0)).toBe(totals.uniqueVisitors);
      expect(topPages.reduce((sum, { uniqueViews }) => sum + uniqueViews, 0)).toBe(new Set(readers).size);
      expect(topPages.reduce((sum, { views }) => sum + views, 0)).toBe(readers.length);
    }),
    { numRuns: 30 },
  ));

test("the first event has the day end five minutes after midnight", async () => {
  const { object } = newDay();

  await object.recordEvents([view()]);

  expect(await alarmOf(object)).toBe(midnight + day + 5 * minute);
});

test("the end of the day writes history and sink, and makes the next day's object, which waits for nothing", async () => {
  const { object, tenantId } = newDay();
  await object.recordEvents([view(), view({ visitorHash: "bob", path: "/a" }), view({ path: "/a" })]);
  at(day + 5 * minute);

  await runDurableObjectAlarm(object);
  const { days, pages } = await historyOf(tenantId);
  const next = dayOf(tenantId, "2030-04-01");
  const ids = await listDurableObjectIds(grove.ANALYTICS);

  const figures = { page_views: 3, unique_visitors: 2, posts_created: 0, comments_created: 0, reactions_given: 0 };
  const hourly = JSON.stringify((await object.getStats()).hourly);
  expect(days).toEqual([{ tenant_id: tenantId, date, ...figures, hourly, finalized_at: midnight + day + 5 * minute }]);
  expect(pages).toEqual([
    { tenant_id: tenantId, date, path: "/", views: 1, unique_views: 1 },
    { tenant_id: tenantId, date, path: "/a", views: 2, unique_views: 2 },
  ]);
  expect(await DAYS.get(`${tenantId}/${date}`, "json")).toEqual({ ...none, pageViews: 3, uniqueVisitors: 2 });
  expect(ids.map(String)).toContain(String(next.id));
  expect(await alarmOf(next)).toBeNull();
  expect((await object.getStats()).finalized).toBe(true);
});

test("what a day is kept in, and no more columns than those", async () => {
  const { object } = newDay();
  const columnsOf = (table: string) => rowsIn(object, `pragma_table_info('${table}')`);
  const tables = ["hourly_stats", "page_stats", "visitor_hashes", "page_visitors", "seen_batches"];

  const columns = await Promise.all(tables.map(columnsOf));

  const names = columns.map((rows) => (rows as { name: string }[]).map(({ name }) => name).join(" "));
  expect(names).toEqual([
    "hour page_views unique_visitors posts_created comments_created reactions_given",
    "path views unique_views",
    "hash first_seen",
    "path hash",
    "batch_id at accepted rejected",
  ]);
});

test("no visitor's pseudonym leaves the object", async () => {
  const { object, tenantId } = newDay();
  await object.recordEvents([view({ visitorHash: "secret-pseudonym" })]);

  await object.finalize();
  const left = JSON.stringify([
    await historyOf(tenantId),
    await DAYS.get(`${tenantId}/${date}`),
    await object.getStats(),
  ]);

  expect(left).not.toContain("secret-pseudonym");
});

test("what arrives after the end is counted, and goes into the history five minutes later", async () => {
  const { object, tenantId } = newDay();
  await object.recordEvents([view()]);
  at(day + 5 * minute);
  await runDurableObjectAlarm(object);
  at(day + 7 * minute);

  await object.recordEvents([view({ visitorHash: "late" })]);
  const [stats, due] = [await object.getStats(), await alarmOf(object)];
  at(day + 12 * minute);
  await runDurableObjectAlarm(object);

  expect(stats).toMatchObject({ finalized: false, totals: { pageViews: 2 } });
  expect(due).toBe(midnight + day + 12 * minute);
  expect((await historyOf(tenantId)).days).toMatchObject([{ page_views: 2, unique_visitors: 2 }]);
  expect((await object.getStats()).finalized).toBe(true);
});

test("a week after its end the object holds nothing of it, and begins anew if it is asked", async () => {
  const { object, tenantId } = newDay();
  await object.recordEvents([view()], "batch-1");
  at(day + 5 * minute);
  await runDurableObjectAlarm(object);
  const due = await alarmOf(object);
  at(8 * day + 5 * minute);

  const ended = await failureOf(runDurableObjectAlarm(object));
  const again = dayOf(tenantId);

  expect(due).toBe(midnight + 8 * day + 5 * minute);
  expect(ended).toMatchObject({ message: "The day has expired." });
  expect(await rowsIn(again, "seen_batches")).toEqual([]);
  expect(await again.getStats()).toMatchObject({ totals: none, finalized: false });
  expect(await alarmOf(again)).toBeNull();
});

test("the same over HTTP", async () => {
  const { object, tenantId } = newDay();

  expect(await ask(object, "POST /events", { events: [view()], batchId: "one" })).toEqual(
    json({ success: true, accepted: 1, rejected: 0 }),
  );
  expect(data(await ask(object, "GET /stats"))).toEqual(await object.getStats());
  expect(await ask(object, "POST /finalize")).toEqual(json({ success: true }));
  expect((await historyOf(tenantId)).days).toHaveLength(1);
});

test.for(["{", "null", "[]", '"text"'])("%j as a body is no JSON that will do", async (body) => {
  expect(await ask(newDay().object, "POST /events", body)).toEqual(notJson);
});

test.for<[object, string]>([
  [{}, "events"],
  [{ events: "all" }, "events"],
  [{ events: [], batchId: "" }, "batchId"],
  [{ events: [], batchId: 7 }, "batchId"],
])("%j is a 400 that names the field", async ([body, field]) => {
  expect(await ask(newDay().object, "POST /events", body)).toEqual(json({ error: `Invalid field: ${field}` }, 400));
});

test("a thousand events are taken at once, and one more is a 413 that counts none", async () => {
  const { object } = newDay();
  const thousand = Array.from({ length: 1_000 }, () => view());

  const refused = await ask(object, "POST /events", { events: [...thousand, view()] });
  const refusedCall = await failureOf(object.recordEvents([...thousand, view()]));
  const before = (await object.getStats()).totals;
  const taken = await object.recordEvents(thousand);

  expect(refused).toEqual(tooLarge);
  expect(refusedCall).toMatchObject({ code: "GROVE-LOOM-024" });
  expect(before).toEqual(none);
  expect(taken).toEqual({ accepted: 1_000, rejected: 0 });
});

test("beyond 5,000 paths the others are counted together, the known ones go on", async () => {
  const { object } = newDay();
  await runInDurableObject(object, (_, { storage }) => {
    const pages = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)";
    storage.sql.exec(`${pages} INSERT INTO page_stats SELECT '/' || i, 1, 0 FROM n`);
  });

  await object.recordEvents(["/new", "/newer", "/newest", "/1"].map((path) => view({ path })));
  await evictDurableObject(object);
  await object.recordEvents([view({ path: "/latest" }), view({ path: "/new" })]);
  const pages = (await object.getStats()).topPages.slice(0, 3);

  expect(pages).toEqual([
    { path: "(other)", views: 3, uniqueViews: 1 },
    { path: "/1", views: 2, uniqueViews: 1 },
    { path: "/new", views: 2, uniqueViews: 1 },
  ]);
});

test("beyond 500,000 visitors their number is a floor, and says so", async () => {
  const { object } = newDay();
  await runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec("INSERT INTO hourly_stats (hour, unique_visitors) VALUES (3, 499999)");
  });

  await object.recordEvents([view({ visitorHash: "last" }), view({ visitorHash: "too many" })]);
  const stats = await object.getStats();

  expect(stats).toMatchObject({ totals: { pageViews: 2, uniqueVisitors: 500_000 }, uniqueVisitorsCapped: true });
  expect(await rowsIn(object, "visitor_hashes")).toMatchObject([{ hash: "last" }]);
});

test("who is no visitor any more is no page's reader either: nothing is kept of more than 500,000", async () => {
  const { object } = newDay();
  await runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec("INSERT INTO hourly_stats (hour, unique_visitors) VALUES (3, 499999)");
  });

  await object.recordEvents([view({ visitorHash: "last" }), view({ visitorHash: "too many" })]);
  await object.recordEvents([view({ visitorHash: "last", path: "/a" }), view({ visitorHash: "more", path: "/a" })]);

  expect(await rowsIn(object, "page_visitors")).toEqual([
    { path: "/", hash: "last" },
    { path: "/a", hash: "last" },
  ]);
});

test("a visitor of 128 characters and a batch id of 200 are taken, and a longer id is not", async () => {
  const { object } = newDay();
  const events = [view({ visitorHash: "v".repeat(128) })];

  expect(await object.recordEvents(events, "b".repeat(200))).toEqual({ accepted: 1, rejected: 0 });
  expect(await failureOf(object.recordEvents(events, "b".repeat(201)))).toMatchObject({ code: "GROVE-LOOM-024" });
  expect((await object.getStats()).totals).toMatchObject({ uniqueVisitors: 1 });
});

test("a batch reads and writes by what it touches, not by what the day already holds", async () => {
  const { object } = newDay();
  await object.recordEvents(
    Array.from({ length: 1_000 }, (_, at) => view({ visitorHash: `visitor-${at}`, path: `/${at}` })),
  );

  const cost = await runInDurableObject(object, (instance: AnalyticsDO, { storage }) => {
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const exec = storage.sql.exec.bind(storage.sql);
    vi.spyOn(storage.sql, "exec").mockImplementation((query, ...bindings) => {
      const cursor = exec(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    });
    instance.recordEvents([view({ visitorHash: "visitor-1", path: "/1" }), view({ visitorHash: "new", path: "/1" })]);
    const sum = (kind: "rowsRead" | "rowsWritten") => cursors.reduce((total, cursor) => total + cursor[kind], 0);
    return { read: sum("rowsRead"), written: sum("rowsWritten") };
  });

  // The hour, the page, the new visitor, and that it read the page.
  expect(cost.written).toBe(4);
  expect(cost.read).toBeLessThan(20);
});

test("an object without a day in its name, and one by its id alone, say so", async () => {
  const nameless = grove.ANALYTICS.get(grove.ANALYTICS.newUniqueId());

  expect(await failureOf(nameless.recordEvents([view()]))).toMatchObject({ code: "GROVE-ANALYTICS-001" });
  expect((await ask(grove.ANALYTICS.getByName("analytics:willow:2030-13-01"), "GET /stats"))[0]).toBe(400);
});

test("a site's name may have colons in it", async () => {
  expect(await dayOf("a:b:c").getStats()).toMatchObject({ tenantId: "a:b:c", date });
});
