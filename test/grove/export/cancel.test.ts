import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json } from "../support/grove.ts";
import { capture } from "../../support/log.ts";
import {
  advanceTo,
  answerOf,
  changeRow,
  finish,
  leftBy,
  mailsTo,
  noise,
  nothing,
  rowOf,
  startedExport,
  statusOf,
} from "./exports.ts";
import { failAt, heldAt, noOutage } from "./outages.ts";

const cancelled = "Export cancelled by user";
const done = json({ success: true, status: "cancelled" });
const aPart = noise(5 * 1024 ** 2);
const mailed = { asked: { deliveryMethod: "email" }, binding: "GatedExport" };

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

/** A started export with something of each kind in it. */
function fullExport(image = noise(10)) {
  return startedExport({ posts: [{}], pages: [{}], images: [{ bytes: image }, {}] }, mailed);
}

test("POST /cancel without a job is refused", async () => {
  const object = grove.EXPORTS.getByName(`export:nobody:${crypto.randomUUID()}`);

  expect(await ask(object, "POST /cancel")).toEqual(answerOf(400, "No active export"));
});

test.for(["", "{", "null", "text"])("POST /cancel ignores its body: %j", async (body) => {
  const { object } = await startedExport();

  expect(await ask(object, "POST /cancel", body)).toEqual(done);
});

test("cancelled, an export has failed, in the object and in D1, and nothing is left of it", async () => {
  const made = await fullExport();
  await advanceTo(made, "uploading");

  expect(await ask(made.object, "POST /cancel")).toEqual(done);

  const { exportId } = made;
  const status = { exportId, phase: "failed", progress: 70, errorMessage: cancelled };
  expect(await ask(made.object, "GET /status")).toEqual(json(status));
  expect(await rowOf(exportId)).toMatchObject({
    status: "failed",
    error_message: cancelled,
    updated_at: 1_893_456_000,
  });
  expect(await leftBy(made)).toEqual(nothing);
});

test.for<[string, phase: string, moment: string]>([
  ["rows are read", "querying", "before DB all"],
  ["rows were read", "querying", "after DB all"],
  ["D1 is told of a step", "querying", "before DB run"],
  ["D1 was told of a step", "querying", "after DB run"],
  ["the upload was made", "assembling", "after EXPORTS_BUCKET createMultipartUpload"],
  ["an image is read", "assembling", "before IMAGES get"],
  ["an image was read", "assembling", "after IMAGES get"],
  ["a part is uploaded", "assembling", "before EXPORTS_BUCKET uploadPart"],
  ["a part was uploaded", "assembling", "after EXPORTS_BUCKET uploadPart"],
  ["the file is completed", "uploading", "before EXPORTS_BUCKET complete"],
  ["the file was completed", "uploading", "after EXPORTS_BUCKET complete"],
  ["the mail is sent", "notifying", "before ZEPHYR fetch"],
  ["the mail was sent", "notifying", "after ZEPHYR fetch"],
])("a cancel wins while %s", { timeout: 20_000 }, async ([, phase, moment]) => {
  const made = await fullExport(aPart);
  await advanceTo(made, phase);
  const held = heldAt(moment);
  const running = runDurableObjectAlarm(made.object);
  await held.isReached();

  const cancelling = ask(made.object, "POST /cancel");
  await vi.waitFor(async () => expect(await statusOf(made.object)).toMatchObject({ phase: "failed" }));
  held.release();

  expect(await cancelling).toEqual(done);
  await running;
  await finish(made);
  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: cancelled });
  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: cancelled, r2_key: null });
  expect(await leftBy(made)).toEqual(nothing);
});

test("an upload that is being made while the export is cancelled is ended, so that R2 keeps none of it", async () => {
  const made = await fullExport();
  await advanceTo(made, "assembling");
  const held = heldAt("after EXPORTS_BUCKET createMultipartUpload");
  const running = runDurableObjectAlarm(made.object);
  await held.isReached();

  const cancelling = ask(made.object, "POST /cancel");
  await vi.waitFor(async () => expect(await statusOf(made.object)).toMatchObject({ phase: "failed" }));
  held.release();
  await Promise.all([cancelling, running]);

  expect(held.moments).toContain("after EXPORTS_BUCKET abort");
  expect(held.moments).not.toContain("before IMAGES head");
});

test("a cancel wins while the last word is said in D1", async () => {
  const made = await startedExport({}, { asked: {}, binding: "GatedExport" });
  await advanceTo(made, "uploading");
  await runDurableObjectAlarm(made.object);
  const held = heldAt("after DB run");
  const running = runDurableObjectAlarm(made.object);
  await held.isReached();
  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete" });

  const cancelling = ask(made.object, "POST /cancel");
  await vi.waitFor(async () => expect(await statusOf(made.object)).toMatchObject({ phase: "failed" }));
  held.release();

  expect(await cancelling).toEqual(done);
  await running;
  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: cancelled, r2_key: null });
  expect(await leftBy(made)).toEqual(nothing);
});

test.for(["querying", "assembling", "uploading", "notifying"])(
  "an export that was cancelled in D1 alone stops and cleans up: %s",
  async (phase) => {
    const made = await fullExport();
    await advanceTo(made, phase);
    await changeRow(made.exportId, "status = 'failed', error_message = 'Timed out', updated_at = 7");

    await finish(made);

    expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: "Timed out" });
    expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: "Timed out", r2_key: null });
    expect(await leftBy(made)).toEqual(nothing);
    expect(await mailsTo(made.userEmail)).toEqual([]);
  },
);

test("an export that is cancelled in D1 while a step runs is not brought back", async () => {
  const made = await fullExport();
  await advanceTo(made, "notifying");
  const held = heldAt("after ZEPHYR fetch");
  const running = runDurableObjectAlarm(made.object);
  await held.isReached();
  await changeRow(made.exportId, "status = 'failed', error_message = NULL");

  held.release();
  await running;
  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: cancelled });
  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: null, r2_key: null });
  expect(await leftBy(made)).toEqual(nothing);
});

test("an export whose row in D1 was deleted stops and cleans up", async () => {
  const made = await fullExport();
  await advanceTo(made, "uploading");
  await grove.DB.prepare("DELETE FROM storage_exports WHERE id = ?").bind(made.exportId).run();

  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: cancelled });
  expect(await leftBy(made)).toEqual(nothing);
});

test.for<[string, string]>([
  ["D1", "before DB run"],
  ["R2, which is to forget the parts,", "before EXPORTS_BUCKET abort"],
  ["R2, which is to delete the file,", "before EXPORTS_BUCKET delete"],
])("while %s is away a cancel is accepted, and cleaned up after as soon as it is back", async ([, moment]) => {
  const made = await fullExport();
  await advanceTo(made, "uploading");
  const { lines } = capture();
  failAt(moment);

  expect(await ask(made.object, "POST /cancel")).toEqual(done);
  await runDurableObjectAlarm(made.object);
  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: cancelled });
  expect(lines.map(({ level }) => level)).toEqual(["error", "error"]);
  noOutage();
  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: cancelled });
  expect(await leftBy(made)).toEqual(nothing);
});

test("an export that is over cannot be cancelled", async () => {
  const [finished, stopped] = [await startedExport(), await startedExport()];
  await finish(finished);
  await ask(stopped.object, "POST /cancel");

  expect(await ask(finished.object, "POST /cancel")).toEqual(answerOf(409, "Export is already complete"));
  expect(await ask(stopped.object, "POST /cancel")).toEqual(answerOf(409, "Export is already failed"));
  expect(await rowOf(finished.exportId)).toMatchObject({ status: "complete", progress: 100, error_message: null });
});

test("a finished export keeps its file and nothing else, not even the owner's address", async () => {
  const made = await fullExport();

  await finish(made);

  const { r2_key } = await rowOf(made.exportId);
  expect(await leftBy(made)).toEqual({ ...nothing, files: [r2_key] });
});
