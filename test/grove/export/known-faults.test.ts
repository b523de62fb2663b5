import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { ask, json } from "../support/grove.ts";
import { capture } from "../../support/log.ts";
import { advanceTo, answerOf, changeRow, filesOf, finish, keptBy, leftBy, mailsTo, newExport } from "./exports.ts";
import { noise, nothing, rowOf, startedExport, statusOf, textsOf, untouched } from "./exports.ts";
import { failTimes, heldAt, noOutage, traced } from "./outages.ts";

// The faults of the object that this one replaces, by their numbers in the contract.
const MiB = 1024 ** 2;
const mailed = { asked: { deliveryMethod: "email" }, binding: "GatedExport" };
const failure = "Export processing failed. Please try again.";

beforeAll(prepareDatabase);

beforeEach(() => {
  // Years ahead: no alarm comes by itself.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0) });
});

afterEach(() => {
  noOutage();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("fault 1: an export by mail is completed, and announced through the real binding", async () => {
  const made = await startedExport({}, { asked: { deliveryMethod: "email" } });

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete", progress: 100 });
  expect(await mailsTo(made.userEmail)).toMatchObject([{ messageId: `export:${made.exportId}`, to: made.userEmail }]);
});

test("fault 2: an alarm that wakes a fresh object goes on with the export", async () => {
  const made = await startedExport({ posts: [{}] });
  await advanceTo(made, "assembling");
  await evictDurableObject(made.object);

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete" });
});

test("fault 3: neither posts nor images nor the archive have to fit into one row", { timeout: 20_000 }, async () => {
  const text = "0123456789abcdef".repeat(94_000);
  const posts = [{ markdown_content: text }, { markdown_content: text }];
  const made = await startedExport({ posts, images: [{ bytes: noise(3 * MiB) }, { bytes: noise(6 * MiB) }] });

  await finish(made);

  const files = await filesOf(made);
  expect(await rowOf(made.exportId)).toMatchObject({ item_counts: '{"posts":2,"pages":0,"images":2}' });
  expect(files["images/image-1.png"]).toHaveLength(6 * MiB);
  expect(files["blooms/post-1.md"]!.length).toBeGreaterThan(1_500_000);
});

test("fault 4: a cancel during the upload is not undone", async () => {
  const made = await startedExport({}, mailed);
  await advanceTo(made, "uploading");
  const held = heldAt("before EXPORTS_BUCKET complete");
  const running = runDurableObjectAlarm(made.object);
  await held.isReached();

  const cancelling = ask(made.object, "POST /cancel");
  await vi.waitFor(async () => expect(await statusOf(made.object)).toMatchObject({ phase: "failed" }));
  held.release();
  await Promise.all([cancelling, running]);
  await finish(made);

  const text = "Export cancelled by user";
  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: text });
  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: text });
});

test("fault 4: neither is a cancel in D1 alone, nor that of a client that waited fifteen minutes", async () => {
  const made = await startedExport({}, mailed);
  await advanceTo(made, "notifying");
  await changeRow(made.exportId, "status = 'failed', error_message = 'Export timed out'");

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: "Export timed out" });
  expect(await mailsTo(made.userEmail)).toEqual([]);
});

test("fault 5: cancelling a finished export changes nothing", async () => {
  const made = await startedExport();
  await finish(made);

  expect(await ask(made.object, "POST /cancel")).toEqual(answerOf(409, "Export is already complete"));
  expect(await statusOf(made.object)).toMatchObject({ phase: "complete", progress: 100 });
});

test("fault 6: a second start does not reset a running export", async () => {
  const made = await startedExport({ posts: [{}] });
  await advanceTo(made, "assembling");

  expect(await ask(made.object, "POST /start", made.body)).toEqual(json({ success: true, phase: "assembling" }));
  expect(await statusOf(made.object)).toMatchObject({ phase: "assembling", progress: 10 });
});

test("fault 7: a start without anything is refused before anything is stored", async () => {
  const { object } = await newExport();

  expect(await ask(object, "POST /start", {})).toEqual(answerOf(400, "Invalid field: exportId"));
  expect(await keptBy(object)).toEqual(untouched);
});

test("fault 8: of the body only what the contract lists is kept", async () => {
  const made = await startedExport({}, { asked: { phase: "complete", progress: 100, stowaway: "a stowaway" } });

  expect(await statusOf(made.object)).toMatchObject({ phase: "querying", progress: 0 });
  expect(JSON.stringify(await keptBy(made.object))).not.toContain("stowaway");
});

test("fault 9: a hiccup of D1 or R2 is not the end", async () => {
  const made = await startedExport({ posts: [{}] }, mailed);
  capture();
  failTimes(2, "before EXPORTS_BUCKET complete");

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete" });
});

test.for<[string, readonly string[], readonly string[]]>([
  ["of one name", ["a", "a", "a"], ["a.md", "a-2.md", "a-3.md"]],
  ["of a name that a number makes", ["a", "a-2", "a"], ["a.md", "a-2.md", "a-3.md"]],
  ["of names that differ in case", ["Note", "note"], ["Note.md", "note-2.md"]],
  ["of a name spelt in two ways", ["caf\u00e9", "cafe\u0301"], ["caf\u00e9.md", "caf\u00e9-2.md"]],
  ["that lead up", ["../../etc/passwd", ".."], ["etc-passwd.md", "ID-1.md"]],
  ["with slashes", ["/a/b\\c", "d:e"], ["a-b-c.md", "d-e.md"]],
  ["of hidden files", [".ssh", "...x"], ["ssh.md", "x.md"]],
  ["that Windows does not take", ["con", "a. ", "NUL.x"], ["_con.md", "a.md", "_NUL.x.md"]],
  ["of control characters", ["a\u0000b\n"], ["a-b.md"]],
  ["of nothing", ["", " "], ["ID-0.md", "ID-1.md"]],
  ["that are endless", ["é".repeat(500)], [`${"é".repeat(100)}.md`]],
])("fault 10: slugs %s become names that are safe and differ", async ([, slugs, names]) => {
  // Without dates they come in the order of their ids.
  const made = await startedExport({ posts: slugs.map((slug) => ({ slug })) });

  await finish(made);

  const files = Object.keys(await filesOf(made)).slice(0, -1);
  expect(files).toEqual(names.map((name) => `blooms/${name.replace("ID", made.tenantId)}`));
});

test("fault 10: images of one name, and of hostile keys, do not overwrite each other", async () => {
  const made = await startedExport({
    images: [
      { custom_title: "Cat", r2_key: `${crypto.randomUUID()}/a.png` },
      { custom_title: "cat", r2_key: `${crypto.randomUUID()}/b.PNG` },
      { r2_key: `${crypto.randomUUID()}/../..` },
      { custom_title: "Cat", r2_key: `${crypto.randomUUID()}/x.pn/g` },
    ],
  });

  await finish(made);

  const names = ["Cat.png", "cat-2.PNG", `${made.tenantId}-2`, "Cat"];
  expect(Object.keys(await filesOf(made))).toEqual([...names.map((name) => `images/${name}`), "README.md"]);
});

test.for<[string, Readonly<Record<string, unknown>>, string]>([
  ["no dates", { created_at: null, updated_at: null, published_at: null }, 'slug: "post-0"\nstatus: ""\n---\n'],
  ["dates that are none", { created_at: "soon", updated_at: 1e20 }, 'slug: "post-0"\nstatus: ""\n---\n'],
  ["tags that are no texts", { tags: '[1, null, {"a": 1}, "a"]' }, '\ntags: ["a"]\n'],
  ["tags that are no list", { tags: '{"a": 1}' }, 'slug: "post-0"\nstatus: ""\n---\n'],
  ["tags that are no JSON", { tags: "a, b" }, 'slug: "post-0"\nstatus: ""\n---\n'],
  ["no text", { markdown_content: null }, "---\n\n"],
])("fault 11: a row with %s is exported as far as it goes", async ([, post, matter]) => {
  const made = await startedExport({ posts: [post, { slug: "other" }] });

  await finish(made);

  const files = await textsOf(made);
  expect(Object.keys(files)).toEqual(["blooms/post-0.md", "blooms/other.md", "README.md"]);
  expect(files["blooms/post-0.md"]).toContain(matter);
});

test("fault 12: of the images no more is in memory than two parts", { timeout: 20_000 }, async () => {
  const images = Array.from({ length: 8 }, (_, at) => ({ bytes: noise(4 * MiB, at) }));
  const made = await startedExport({ images }, mailed);
  const trace = traced("after IMAGES get", "after EXPORTS_BUCKET uploadPart");

  await finish(made);

  // What has been read less what has been uploaded, after each call.
  let held = 0;
  const heights = trace.map((moment) => (held += moment === "after IMAGES get" ? 4 * MiB : -5 * MiB));
  expect(trace).toHaveLength(8 + 7);
  expect(Math.max(...heights)).toBeLessThanOrEqual(10 * MiB);
});

test("fault 13: an export that fails leaves neither file nor rows nor the owner's address", async () => {
  const made = await startedExport({ posts: [{}], images: [{ bytes: noise(6 * MiB) }] }, mailed);
  capture();
  failTimes(6, "before EXPORTS_BUCKET complete");

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: failure });
  expect(await leftBy(made)).toEqual(nothing);
});

test("fault 14: once the mail is out, an export is complete, whatever D1 does meanwhile", async () => {
  const made = await startedExport({}, mailed);
  await advanceTo(made, "notifying");
  capture();
  failTimes(9, "before DB run");

  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "complete", progress: 100 });
  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete", error_message: null });
  expect(await mailsTo(made.userEmail)).toHaveLength(1);
});
