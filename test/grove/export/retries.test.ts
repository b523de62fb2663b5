import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove } from "../support/grove.ts";
import { capture } from "../../support/log.ts";
import {
  advanceTo,
  filesOf,
  finish,
  isSame,
  mailsTo,
  noise,
  rowOf,
  startedExport,
  statusOf,
  textsOf,
} from "./exports.ts";
import { actAt, failAt, failTimes, heldAt, noOutage } from "./outages.ts";

const failure = "Export processing failed. Please try again.";
const note = "The export is ready, but the e-mail about it could not be sent.";
const gated = { asked: { deliveryMethod: "email" }, binding: "GatedExport" };
const MiB = 1024 ** 2;

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

function fullExport(image = noise(10)) {
  return startedExport({ posts: [{}], pages: [{}], images: [{ bytes: image }, {}] }, gated);
}

/** Runs the next alarm `times` times. */
async function runAlarms(object: DurableObjectStub, times: number): Promise<void> {
  for (let run = 0; run < times; run += 1) await runDurableObjectAlarm(object);
}

test.for<[string]>([
  ["before DB first"],
  ["before DB all"],
  ["before DB run"],
  ["after DB run"],
  ["before EXPORTS_BUCKET createMultipartUpload"],
  ["after EXPORTS_BUCKET createMultipartUpload"],
  ["before EXPORTS_BUCKET head"],
  ["before EXPORTS_BUCKET uploadPart"],
  ["after EXPORTS_BUCKET uploadPart"],
  ["before EXPORTS_BUCKET complete"],
  ["after EXPORTS_BUCKET complete"],
  ["before ZEPHYR fetch"],
  ["after ZEPHYR fetch"],
])("four failures %s do not end an export, and nothing is there twice", async ([moment]) => {
  const made = await fullExport();
  capture();
  failTimes(4, moment);

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete", progress: 100, error_message: null });
  const names = ["images/image-0.png", "images/image-1.png", "blooms/post-0.md", "pages/page-0.md", "README.md"];
  expect(Object.keys(await filesOf(made))).toEqual(names);
  expect(await mailsTo(made.userEmail)).toHaveLength(1);
});

test("a step that is run again uploads the same bytes under the same number", { timeout: 20_000 }, async () => {
  const image = noise(6 * MiB);
  const made = await fullExport(image);
  capture();
  failTimes(4, "after EXPORTS_BUCKET uploadPart");

  await finish(made);

  const files = await filesOf(made);
  expect(Object.keys(files)).toHaveLength(5);
  expect(isSame(files["images/image-0.png"], image)).toBe(true);
});

test.for<[string]>([
  ["before DB all"],
  ["before EXPORTS_BUCKET createMultipartUpload"],
  ["before EXPORTS_BUCKET uploadPart"],
  ["before EXPORTS_BUCKET complete"],
])("five failures %s end an export with a text for its owner, and the log has the cause", async ([moment]) => {
  const made = await fullExport();
  const { lines } = capture();
  failTimes(6, moment);

  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: failure });
  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: failure, r2_key: null });
  expect(JSON.stringify(lines.at(-1))).toContain(`Down: ${moment}.`);
  expect(JSON.stringify(await ask(made.object, "GET /status"))).not.toContain("Down");
  expect((await grove.EXPORTS_BUCKET.list({ prefix: `exports/${made.tenantId}/` })).objects).toEqual([]);
});

test("between two tries there is a wait, which grows", async () => {
  const made = await fullExport();
  capture();
  failAt("before DB all");
  const waits: number[] = [];
  const noteWait = () =>
    runInDurableObject(made.object, async (_instance, { storage }) => {
      waits.push((await storage.getAlarm())! - Date.now());
    });

  await runDurableObjectAlarm(made.object);
  await noteWait();
  await runDurableObjectAlarm(made.object);
  await noteWait();

  expect(waits[0]).toBeGreaterThanOrEqual(500);
  expect(waits[1]).toBeGreaterThanOrEqual(1_000);
});

test("an image that fails twice is read the third time; one that fails three times is skipped by name", async () => {
  const made = await startedExport({ images: [{ custom_title: "cat" }, { custom_title: "dog" }] }, gated);
  capture();
  failTimes(5, "before IMAGES get");

  await finish(made);

  const files = await textsOf(made);
  expect(Object.keys(files)).toEqual(["images/dog.png", "README.md"]);
  expect(files["README.md"]).toContain("\n- cat.png\n");
});

test(
  "an image that is replaced while it is copied is skipped, and the archive is whole",
  { timeout: 20_000 },
  async () => {
    const images = [
      { custom_title: "cat", bytes: noise(12 * MiB) },
      { custom_title: "dog", bytes: noise(2 * MiB) },
    ];
    const made = await startedExport({ images }, gated);
    // Three reads measure it; the fourth is the first to be copied.
    actAt("after IMAGES get", 4, () => grove.IMAGES.put(`${made.tenantId}/image-0.png`, noise(12 * MiB, 9)));

    await finish(made);

    const files = await filesOf(made);
    expect(Object.keys(files)).toEqual(["images/dog.png", "README.md"]);
    expect(isSame(files["images/dog.png"], noise(2 * MiB))).toBe(true);
  },
);

test.for([
  ["fails", "GatedExport", "before ZEPHYR fetch"],
  ["is missing", "ExportWithoutMailer", ""],
] as const)("when the mailer %s the export is complete all the same, with a note", async ([, binding, moment]) => {
  const made = await startedExport({}, { ...gated, binding });
  capture();
  failAt(moment);

  await finish(made);

  const end = { phase: "complete", progress: 100, errorMessage: note };
  expect(await statusOf(made.object)).toMatchObject(end);
  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete", error_message: note });
  expect(Object.keys(await filesOf(made))).toEqual(["README.md"]);
});

test("a mailer that refuses is a mailer that fails", async () => {
  const made = await startedExport({}, { ...gated, asked: { deliveryMethod: "email", userEmail: "no address" } });
  const { lines } = capture();

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete", error_message: note });
  expect(JSON.stringify(lines.at(-1))).toContain("The mailer answered 400");
});

test("while D1 is away at the very end the export waits for it, however long, and does not fail", async () => {
  const made = await fullExport();
  await advanceTo(made, "notifying");
  await runDurableObjectAlarm(made.object);
  capture();
  failAt("before DB run");

  await runAlarms(made.object, 20);
  expect(await statusOf(made.object)).toMatchObject({ phase: "notifying", progress: 90 });
  noOutage();
  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete", progress: 100 });
  expect(await mailsTo(made.userEmail)).toHaveLength(1);
});

test("a step that takes too long five times ends the export", async () => {
  const made = await fullExport();
  await advanceTo(made, "assembling");
  capture();
  await runInDurableObject(made.object, (_instance, { storage }) => {
    storage.sql.exec("UPDATE loom_alarms SET attempt = 5 WHERE key = 'advance'");
  });

  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: failure });
});

test("an export whose steps were given up, since they crash the object, is ended by its watch", async () => {
  const made = await fullExport();
  await advanceTo(made, "assembling");
  capture();
  await runInDurableObject(made.object, (_instance, { storage }) => {
    storage.sql.exec("UPDATE loom_alarms SET strikes = 3 WHERE key = 'advance'");
  });

  await finish(made);

  expect(await statusOf(made.object)).toMatchObject({ phase: "failed", errorMessage: failure });
  expect(await rowOf(made.exportId)).toMatchObject({ status: "failed", error_message: failure });
});

test("the watch leaves an export alone that gets on", async () => {
  const made = await fullExport();
  await advanceTo(made, "uploading");
  const held = heldAt("before EXPORTS_BUCKET complete");
  const running = runDurableObjectAlarm(made.object);
  await held.isReached();

  await runInDurableObject(made.object, (object) => (object as unknown as { watch(): boolean }).watch());
  held.release();
  await running;
  await finish(made);

  expect(await rowOf(made.exportId)).toMatchObject({ status: "complete" });
});
