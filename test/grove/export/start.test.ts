import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { d1IsDown } from "./outages.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove, json, noRoute, notAllowed, notJson } from "../support/grove.ts";
import { capture } from "../../support/log.ts";
import { addContent, advanceTo, answerOf, changeRow, finish, keptBy, newExport } from "./exports.ts";
import { rowOf, startedExport, statusOf, untouched } from "./exports.ts";

const now = Date.UTC(2030, 0);
const started = json({ success: true, phase: "querying" });
const x = (length: number) => "x".repeat(length);

beforeAll(prepareDatabase);

beforeEach(() => {
  // Years ahead: no alarm comes by itself.
  vi.useFakeTimers({ toFake: ["Date"], now });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  d1IsDown(false);
});

test("POST /start answers with the first phase, says so in D1, and sets the alarm a tenth of a second ahead", async () => {
  const { object, exportId, body } = await newExport();

  expect(await ask(object, "POST /start", body)).toEqual(started);
  expect(await rowOf(exportId)).toMatchObject({ status: "querying", progress: 0, updated_at: now / 1000 });
  expect((await keptBy(object))["alarm"]).toEqual([now + 100]);
});

test("GET /status answers with what callers may know, in this order", async () => {
  const { object, exportId } = await startedExport();

  expect(await ask(object, "GET /status")).toEqual(json({ exportId, phase: "querying", progress: 0 }));
});

test("GET /status without a job is idle, and stores nothing", async () => {
  const object = grove.EXPORTS.getByName(`export:nobody:${crypto.randomUUID()}`);

  expect(await ask(object, "GET /status")).toEqual(json({ status: "idle" }));
  expect(await keptBy(object)).toEqual(untouched);
});

test.for<[string, object]>([
  ["exportId", { exportId: undefined }],
  ["exportId", { exportId: "" }],
  ["exportId", { exportId: 5 }],
  ["exportId", { exportId: x(101) }],
  ["tenantId", { tenantId: undefined }],
  ["tenantId", { tenantId: "" }],
  ["tenantId", { tenantId: x(101) }],
  ["userEmail", { userEmail: undefined, deliveryMethod: "email" }],
  ["userEmail", { userEmail: null, deliveryMethod: "email" }],
  ["userEmail", { userEmail: "", deliveryMethod: "email" }],
  ["userEmail", { userEmail: 5 }],
  ["userEmail", { userEmail: x(321) }],
  ["username", { username: undefined }],
  ["username", { username: "" }],
  ["username", { username: x(101) }],
  ["includeImages", { includeImages: "yes" }],
  ["deliveryMethod", { deliveryMethod: undefined }],
  ["deliveryMethod", { deliveryMethod: "fax" }],
])("a %s that will not do is named, and nothing is stored: %j", async ([field, change]) => {
  const { object, exportId, body } = await newExport();

  expect(await ask(object, "POST /start", { ...body, ...change })).toEqual(answerOf(400, `Invalid field: ${field}`));
  expect(await keptBy(object)).toEqual(untouched);
  expect(await rowOf(exportId)).toMatchObject({ status: "pending" });
});

test.for([["{"], ["null"], ["[]"], [""]])("a body that is no JSON object is 021: %j", async ([body]) => {
  expect(await ask((await newExport()).object, "POST /start", body)).toEqual(notJson);
});

test("ids and a username of a hundred characters are taken, and an address of 320", async () => {
  const { object, exportId, tenantId, body } = await newExport({ userEmail: x(320), username: x(100) });
  const ids = { exportId: exportId.padEnd(100, "x"), tenantId: tenantId.padEnd(100, "x") };
  await changeRow(exportId, `id = '${ids.exportId}', tenant_id = '${ids.tenantId}'`);

  expect(await ask(object, "POST /start", { ...body, ...ids })).toEqual(started);
});

test("an export for download needs no address, and without a word about images has none", async () => {
  const made = await newExport({ userEmail: undefined, includeImages: undefined });
  await addContent(made.tenantId, { images: [{}] });

  expect(await ask(made.object, "POST /start", made.body)).toEqual(started);
  await finish(made);
  expect(await rowOf(made.exportId)).toMatchObject({ item_counts: '{"posts":0,"pages":0,"images":0}' });
});

test("POST /start again answers with the phase at hand and restarts nothing, also after an eviction", async () => {
  const made = await startedExport({ posts: [{}] });
  await advanceTo(made, "uploading");
  await evictDurableObject(made.object);

  const answer = await ask(made.object, "POST /start", { ...made.body, username: "other" });

  expect(answer).toEqual(json({ success: true, phase: "uploading" }));
  expect(await statusOf(made.object)).toMatchObject({ phase: "uploading", progress: 70 });
});

test("two calls of POST /start at once start one export", async () => {
  const { object, body } = await newExport();

  expect(await Promise.all([1, 2].map(() => ask(object, "POST /start", body)))).toEqual([started, started]);
});

test("POST /start with another export's id is refused while the object has one, also when that is over", async () => {
  const made = await startedExport();
  const other = { ...made.body, exportId: crypto.randomUUID() };
  const refused = answerOf(409, "Export already started");

  expect(await ask(made.object, "POST /start", other)).toEqual(refused);
  await finish(made);
  expect(await ask(made.object, "POST /start", other)).toEqual(refused);
});

test("POST /start of an export that is complete answers so", async () => {
  const made = await startedExport();
  await finish(made);

  expect(await ask(made.object, "POST /start", made.body)).toEqual(json({ success: true, phase: "complete" }));
});

test("POST /start of an export that has failed is refused: the next one has an id of its own", async () => {
  const made = await startedExport();
  await ask(made.object, "POST /cancel");

  expect(await ask(made.object, "POST /start", made.body)).toEqual(answerOf(409, "Export is already failed"));
});

test.for(["failed", "complete"])("POST /start of an export that D1 has as %s is refused", async (status) => {
  const { object, exportId, body } = await newExport();
  await changeRow(exportId, `status = '${status}'`);

  expect(await ask(object, "POST /start", body)).toEqual(answerOf(409, `Export is already ${status}`));
  expect(await keptBy(object)).toEqual(untouched);
});

test("POST /start of an export that D1 does not have, or has for another site, is refused", async () => {
  const { object, body } = await newExport();
  const missing = answerOf(404, "Export not found");

  expect(await ask(object, "POST /start", { ...body, exportId: crypto.randomUUID() })).toEqual(missing);
  expect(await ask(object, "POST /start", { ...body, tenantId: "another" })).toEqual(missing);
});

test.for(["ExportWithoutDatabase", "ExportWithoutBucket"])(
  "%s: POST /start is 503 and stores nothing",
  async (name) => {
    const { object, body } = await newExport({}, name);

    expect(await ask(object, "POST /start", body)).toEqual(answerOf(503, "Service unavailable"));
    expect(await keptBy(object)).toEqual(untouched);
  },
);

test("while D1 is away POST /start is 503 and stores nothing; once it is back the same call starts", async () => {
  const { object, body } = await newExport({}, "GatedExport");
  const { lines } = capture();
  d1IsDown(true);

  expect(await ask(object, "POST /start", body)).toEqual(answerOf(503, "Service unavailable"));
  expect(await keptBy(object)).toEqual(untouched);
  expect(lines.map(({ level }) => level)).toEqual(["error"]);
  d1IsDown(false);
  expect(await ask(object, "POST /start", body)).toEqual(started);
});

test.for<[string, typeof noRoute]>([
  ["GET /start", notAllowed],
  ["POST /status", notAllowed],
  ["GET /cancel", notAllowed],
  ["GET /", noRoute],
])("%s is answered in the catalogue's form", async ([line, answer]) => {
  const body = line.startsWith("POST") ? {} : undefined;

  expect(await ask((await newExport()).object, line, body)).toEqual(answer);
});
