import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { unzipSync } from "fflate";
import { expect } from "vitest";
import { type Answer, ask, data, grove } from "../support/grove.ts";

/** An export's row in D1. */
export interface ExportRow {
  readonly status: string;
  readonly progress: number;
  readonly r2_key: string | null;
  readonly file_size_bytes: number | null;
  readonly item_counts: string | null;
  readonly error_message: string | null;
  readonly updated_at: number;
  readonly completed_at: number | null;
}

/** What GET /status says. */
export interface Status {
  readonly phase: string;
  readonly progress: number;
  readonly errorMessage?: string;
}

/** A new export of a new site, pending in D1, with the body that starts it. */
export async function newExport(asked: object = {}, binding = "EXPORTS") {
  const [exportId, tenantId] = [crypto.randomUUID(), crypto.randomUUID()];
  const userEmail = `${tenantId}@example.com`;
  const insert = "INSERT INTO storage_exports (id, tenant_id, user_email, status, created_at) VALUES (?, ?, ?, ?, 1)";
  await grove.DB.prepare(insert).bind(exportId, tenantId, userEmail, "pending").run();
  const object = grove[binding]!.getByName(`export:${tenantId}:${exportId}`);
  const request = { exportId, tenantId, userEmail, username: "willow", includeImages: true };
  return { object, exportId, tenantId, userEmail, body: { ...request, deliveryMethod: "download", ...asked } };
}

/** As `newExport`, with `content` in the site, and started. */
export async function startedExport(content: Content = {}, { asked = {}, binding = "EXPORTS" } = {}) {
  const made = await newExport(asked, binding);
  await addContent(made.tenantId, content);
  expect((await ask(made.object, "POST /start", made.body))[0]).toBe(200);
  return made;
}

type Row = Readonly<Record<string, unknown>>;

/** What a site has; an image's `bytes` are put into R2 unless they are null. */
export interface Content {
  readonly posts?: readonly Row[];
  readonly pages?: readonly Row[];
  readonly images?: readonly (Row & { readonly bytes?: Uint8Array | null })[];
}

export async function addContent(tenantId: string, { posts = [], pages = [], images = [] }: Content): Promise<void> {
  const statements = [
    ...posts.map((row, at) =>
      insert("posts", { id: `${tenantId}-${at}`, tenant_id: tenantId, slug: `post-${at}`, ...row }),
    ),
    ...pages.map((row, at) =>
      insert("pages", { id: `${tenantId}-${at}`, tenant_id: tenantId, slug: `page-${at}`, ...row }),
    ),
  ];
  for (const [at, { bytes = new Uint8Array([at]), ...row }] of images.entries()) {
    const image = { id: `${tenantId}-${at}`, tenant_id: tenantId, r2_key: `${tenantId}/image-${at}.png`, ...row };
    statements.push(insert("gallery_images", image));
    if (bytes) await grove.IMAGES.put(String(image.r2_key), bytes);
  }
  if (statements.length > 0) await grove.DB.batch(statements);
}

function insert(table: string, row: Row): D1PreparedStatement {
  const columns = Object.keys(row);
  const marks = columns.map(() => "?").join(", ");
  return grove.DB.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`).bind(...Object.values(row));
}

/** Runs alarm after alarm, until none is set; returns what D1 said after each. */
export async function finish(made: { object: DurableObjectStub; exportId: string }): Promise<ExportRow[]> {
  const rows: ExportRow[] = [];
  while (await runDurableObjectAlarm(made.object)) {
    if (rows.length > 100) throw new Error("The export does not end.");
    rows.push(await rowOf(made.exportId));
  }
  return rows;
}

/** Runs alarms until the object says that `phase` has come. */
export async function advanceTo(made: { object: DurableObjectStub }, phase: string): Promise<void> {
  while ((await statusOf(made.object)).phase !== phase) {
    if (!(await runDurableObjectAlarm(made.object))) throw new Error(`The export ended before ${phase}.`);
  }
}

export async function statusOf(object: DurableObjectStub): Promise<Status> {
  return data(await ask(object, "GET /status"));
}

export async function rowOf(exportId: string): Promise<ExportRow> {
  return (await grove.DB.prepare("SELECT * FROM storage_exports WHERE id = ?").bind(exportId).first<ExportRow>())!;
}

/** Changes an export in D1 alone, as other clients do. */
export async function changeRow(exportId: string, set: string): Promise<void> {
  await grove.DB.prepare(`UPDATE storage_exports SET ${set} WHERE id = ?`).bind(exportId).run();
}

/** The files of a finished export. */
export async function filesOf({ exportId }: { exportId: string }): Promise<Record<string, Uint8Array>> {
  return unzipSync(await zipOf(exportId));
}

/** The same as texts. */
export async function textsOf(made: { exportId: string }): Promise<Record<string, string>> {
  const files = Object.entries(await filesOf(made));
  return Object.fromEntries(files.map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
}

/** The bytes of a finished export's archive. */
export async function zipOf(exportId: string): Promise<Uint8Array> {
  const { r2_key } = await rowOf(exportId);
  const found = await grove.EXPORTS_BUCKET.get(r2_key!);
  return new Uint8Array(await found!.arrayBuffer());
}

/** The mails that were sent to `address`. */
export async function mailsTo(address: string): Promise<Record<string, string>[]> {
  const { SENT } = grove as unknown as { SENT: KVNamespace }; // the mailer's own store
  const { keys } = await SENT.list({ prefix: `${address}:` });
  return Promise.all(keys.map(async ({ name }) => (await SENT.get<Record<string, string>>(name, "json"))!));
}

/** `length` bytes that differ with `seed` and do not repeat in a part. */
export function noise(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let at = 0; at < words.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

export function answerOf(status: number, error: string): Answer {
  return [status, "application/json", JSON.stringify({ success: false, error })];
}

/** Compares bytes; of megabytes `toEqual` takes seconds. */
export function isSame(found: Uint8Array | undefined, wanted: Uint8Array): boolean {
  return found?.length === wanted.length && found.every((byte, at) => byte === wanted[at]);
}

/** All that the object keeps: rows by table, and its fields. */
export function keptBy(object: DurableObjectStub): Promise<Record<string, unknown[]>> {
  return runInDurableObject(object, async (_instance, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const own = tables.filter(({ name }) => !name.startsWith("_cf_"));
    const rows = own.map(({ name }) => [name, storage.sql.exec(`SELECT * FROM "${name}"`).toArray()]);
    const alarm = await storage.getAlarm();
    return { ...Object.fromEntries(rows), fields: [...storage.kv.list()], alarm: alarm === null ? [] : [alarm] };
  });
}

/** What an export has left behind that nobody needs. */
export async function leftBy({ object, tenantId, userEmail }: Awaited<ReturnType<typeof newExport>>) {
  const { objects } = await grove.EXPORTS_BUCKET.list({ prefix: `exports/${tenantId}/` });
  const kept = await keptBy(object);
  const rows = ["files", "parts", "tail", "alarm"].flatMap((name) => kept[name]);
  const isAddressKept = JSON.stringify(kept).includes(userEmail);
  return { rows: rows.length, isAddressKept, files: objects.map(({ key }) => key) };
}

/** What `leftBy` finds when all is cleaned up. */
export const nothing = { rows: 0, isAddressKept: false, files: [] };

/** What `keptBy` finds in an object that has no job: the tables, which every wake makes, and nothing in them. */
export const untouched = { files: [], parts: [], tail: [], fields: [["loom:schema", expect.any(String)]], alarm: [] };
