import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json } from "../support/grove.ts";
import { advanceTo, changeRow, filesOf, finish, mailsTo, rowOf, startedExport, statusOf } from "./exports.ts";

const now = Date.UTC(2030, 0, 31, 23, 59);
const images = (count: number) => Array.from({ length: count }, () => ({}));

beforeAll(prepareDatabase);

beforeEach(() => {
  // Years ahead: no alarm comes by itself.
  vi.useFakeTimers({ toFake: ["Date"], now });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Runs the next alarm: what D1 then says, and how long until the one after. */
async function step({ object, exportId }: { object: DurableObjectStub; exportId: string }) {
  await runDurableObjectAlarm(object);
  const delay = await runInDurableObject(object, async (_instance, { storage }) => {
    const alarm = await storage.getAlarm();
    return alarm && alarm - Date.now();
  });
  const { status, progress } = await rowOf(exportId);
  return [status, progress, delay];
}

async function advance(made: Parameters<typeof step>[0], alarms: number): Promise<void> {
  for (let alarm = 0; alarm < alarms; alarm += 1) await step(made);
}

async function finishEvicted({ object }: { object: DurableObjectStub }): Promise<void> {
  do await evictDurableObject(object);
  while (await runDurableObjectAlarm(object));
}

/** What is said after each alarm, without repetitions. */
function changes(rows: readonly { status: string; progress: number }[]): string[] {
  return [...new Set(rows.map(({ status, progress }) => `${status} ${progress}`))];
}

test("an export by mail goes through every phase, as D1 tells it", async () => {
  const made = await startedExport({ posts: [{}], images: images(1) }, { asked: { deliveryMethod: "email" } });

  const rows = await finish(made);

  expect(changes(rows)).toEqual([
    ...["querying 0", "assembling 10", "assembling 70", "uploading 70", "uploading 90", "notifying 90"],
    "complete 100",
  ]);
});

test("an export for download notifies nobody", async () => {
  const made = await startedExport();

  const rows = await finish(made);

  expect(changes(rows)).toEqual([...["querying 0", "assembling 10", "uploading 70", "uploading 90"], "complete 100"]);
  expect(await mailsTo(made.userEmail)).toEqual([]);
});

test("images come 25 an alarm, a second apart, and are told as a part of sixty", async () => {
  const made = await startedExport({ images: images(60) });
  await step(made);
  await step(made);

  expect(await step(made)).toEqual(["assembling", 10, 100]);
  expect(await step(made)).toEqual(["assembling", 35, 1_000]);
  expect(await step(made)).toEqual(["assembling", 60, 1_000]);
  expect(await step(made)).toEqual(["assembling", 70, 1_000]);
  expect(await step(made)).toEqual(["assembling", 70, 100]);
});

test("GET /status tells the phases as D1 does", async () => {
  const made = await startedExport({ images: images(26) });
  await advance(made, 4);

  const { exportId } = made;
  expect(await ask(made.object, "GET /status")).toEqual(json({ exportId, phase: "assembling", progress: 67 }));
});

test("when the file is there D1 has its key, its size and what is in it", async () => {
  const made = await startedExport(
    { posts: [{}, {}], pages: [{}], images: images(3) },
    { asked: { username: "a b/ü" } },
  );

  await finish(made);

  const { exportId, tenantId } = made;
  const row = await rowOf(exportId);
  const r2_key = `exports/${tenantId}/${exportId}/grove-export-a_b__-2030-01-31.zip`;
  const file = (await grove.EXPORTS_BUCKET.head(r2_key))!;
  expect(row).toMatchObject({ r2_key, file_size_bytes: file.size, item_counts: '{"posts":2,"pages":1,"images":3}' });
  expect(row).toMatchObject({ completed_at: now / 1000, updated_at: now / 1000, error_message: null });
  expect(file.httpMetadata).toEqual({ contentType: "application/zip" });
});

test("without images asked for none is packed, and none is counted", async () => {
  const made = await startedExport({ posts: [{}], images: images(2) }, { asked: { includeImages: false } });

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ item_counts: '{"posts":1,"pages":0,"images":0}' });
  expect(Object.keys(await filesOf(made))).toEqual(["blooms/post-0.md", "README.md"]);
});

test("the file keeps the day on which the export began", async () => {
  const made = await startedExport();
  await step(made);
  vi.setSystemTime(now + 120_000);

  await finish(made);

  expect((await rowOf(made.exportId)).r2_key).toContain("-2030-01-31.zip");
});

test("every step says in D1 that the export is alive", async () => {
  const made = await startedExport({ images: images(60) });
  vi.setSystemTime(now + 60_000);
  await step(made);

  expect((await rowOf(made.exportId)).updated_at).toBe(now / 1000 + 60);
});

test("an export survives an eviction before each alarm", async () => {
  const made = await startedExport({ posts: [{}], images: images(30) }, { asked: { deliveryMethod: "email" } });

  await finishEvicted(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "complete", progress: 100 });
  expect(Object.keys(await filesOf(made))).toHaveLength(32);
  expect(await mailsTo(made.userEmail)).toHaveLength(1);
});

test("what D1 lists by the thousand is listed whole and once, however many there are", async () => {
  const made = await startedExport();
  const insert = `INSERT INTO posts (id, tenant_id, slug, created_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2001)
    SELECT ?1 || i, ?1, 'post', IIF(i % 2, NULL, i / 4) FROM n`;
  await grove.DB.prepare(insert).bind(made.tenantId).run();

  await advanceTo(made, "assembling");

  const listed = await runInDurableObject(made.object, (_instance, { storage }) =>
    storage.sql.exec("SELECT count(DISTINCT source) AS posts, count(*) AS rows, max(path) AS last FROM files").one(),
  );
  expect(listed).toEqual({ posts: 2_001, rows: 2_001, last: "blooms/post.md" });
});

test("the mail says what was packed, where to get it and how long", async () => {
  const made = await startedExport(
    { posts: [{}], pages: [{}, {}], images: [{}, { bytes: null }] },
    { asked: { deliveryMethod: "email" } },
  );

  await finish(made);

  const [mail, ...others] = await mailsTo(made.userEmail);
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ type: "transactional", template: "raw", subject: "Your Grove export is ready" });
  expect(mail!["text"]).toBe(
    [
      "Your Grove export is ready.",
      "It has 1 post, 2 pages, 1 image.",
      "1 image had to be left out: README.md names them.",
      "Download it from your account page: https://grove.place/account",
      "The download lasts 7 days.",
    ].join("\n\n"),
  );
  expect(mail!["html"]).toContain('<a href="https://grove.place/account">your account page</a>');
});

test("a row in D1 that is gone, or was never this site's, ends the export", async () => {
  const made = await startedExport();
  await changeRow(made.exportId, "tenant_id = 'another'");

  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: "Export cancelled by user" });
});
