import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { ask, data, grove, json, noRoute, notJson, says, tooLarge } from "../support/grove.ts";

const draft = {
  content: "Once upon a time",
  metadata: { title: "A tale", description: "Short", tags: ["tale"] },
  deviceId: "phone",
};
const notFound = says(404, "Draft not found");
const MiB = 1024 ** 2;

function newTenant() {
  return grove.TENANTS.getByName(`tenant:${crypto.randomUUID()}`);
}

/** Saves a draft: the time that the answer names. */
async function save(tenant: DurableObjectStub, slug: string, body: unknown = draft): Promise<number> {
  return data<{ lastSaved: number }>(await ask(tenant, `PUT /drafts/${slug}`, body)).lastSaved;
}

test("a new tenant has no drafts", async () => {
  const tenant = newTenant();

  expect(await ask(tenant, "GET /drafts")).toEqual(json([]));
  expect(await ask(tenant, "GET /drafts/none")).toEqual(notFound);
});

test("PUT answers with the time of the server's clock", async () => {
  const before = Date.now();

  const answer = await ask(newTenant(), "PUT /drafts/tale", draft);

  const { lastSaved } = data<{ lastSaved: number }>(answer);
  expect(answer).toEqual(json({ success: true, lastSaved }));
  expect(lastSaved).toBeGreaterThanOrEqual(before);
});

test("GET answers with the draft that was put, also after an eviction", async () => {
  const tenant = newTenant();
  const lastSaved = await save(tenant, "tale");
  await evictDurableObject(tenant);

  const { content, metadata, deviceId } = draft;
  expect(await ask(tenant, "GET /drafts/tale")).toEqual(json({ slug: "tale", content, metadata, lastSaved, deviceId }));
});

test("the list has no content and begins with the newest", async () => {
  const tenant = newTenant();
  const { metadata, deviceId } = draft;
  const times = { a: await save(tenant, "a"), b: await save(tenant, "b") };
  const again = await save(tenant, "a");

  const list = data<{ slug: string; lastSaved: number }[]>(await ask(tenant, "GET /drafts"));

  expect(list).toEqual([
    { slug: "a", metadata, lastSaved: again, deviceId },
    { slug: "b", metadata, lastSaved: times.b, deviceId },
  ]);
  expect(Object.keys(list[0]!)).toEqual(["slug", "metadata", "lastSaved", "deviceId"]);
});

test("a slug may hold an escaped slash, a percent sign, anything", async () => {
  const tenant = newTenant();
  const slug = "2026/über 100%";

  await save(tenant, encodeURIComponent(slug));

  expect(data(await ask(tenant, `GET /drafts/${encodeURIComponent(slug)}`))).toMatchObject({ slug });
  expect(await ask(tenant, "GET /drafts/2026/over")).toEqual(noRoute);
});

test("DELETE removes a draft, and says the same of one that is not there", async () => {
  const tenant = newTenant();
  await save(tenant, "tale");
  const success = json({ success: true });

  expect(await ask(tenant, "DELETE /drafts/tale")).toEqual(success);
  expect(await ask(tenant, "GET /drafts/tale")).toEqual(notFound);
  expect(await ask(tenant, "DELETE /drafts/tale")).toEqual(success);
});

test("an empty draft is a draft, and one without a title is Untitled", async () => {
  const tenant = newTenant();

  await save(tenant, "tale", { ...draft, content: "", metadata: {} });

  expect(data(await ask(tenant, "GET /drafts/tale"))).toMatchObject({ content: "", metadata: { title: "Untitled" } });
});

test.for<readonly [field: string, body: object]>([
  ["content", { ...draft, content: undefined }],
  ["content", { ...draft, content: 5 }],
  ["content", { ...draft, content: "x".repeat(MiB + 1) }],
  ["content", { ...draft, content: "ü".repeat(MiB / 2 + 1) }],
  ["content", { ...draft, content: "x".repeat(3 * MiB) }],
  ["metadata", { ...draft, metadata: undefined }],
  ["metadata", { ...draft, metadata: "title" }],
  ["metadata", { ...draft, metadata: { title: 5 } }],
  ["metadata", { ...draft, metadata: { title: "t", tags: "tale" } }],
  ["metadata", { ...draft, metadata: { title: "t".repeat(65_536) } }],
  ["deviceId", { ...draft, deviceId: undefined }],
  ["deviceId", { ...draft, deviceId: "" }],
  ["deviceId", { ...draft, deviceId: "d".repeat(129) }],
  ["lastSaved", { ...draft, lastSaved: "yesterday" }],
])("a %s that will not do is refused and nothing is stored", async ([field, body]) => {
  const tenant = newTenant();

  expect(await ask(tenant, "PUT /drafts/tale", body)).toEqual(says(400, `Invalid field: ${field}`));
  expect(await ask(tenant, "GET /drafts/tale")).toEqual(notFound);
});

test("the largest draft and the longest slug are taken", async () => {
  const tenant = newTenant();
  const largest = { ...draft, content: "ü".repeat(MiB / 2), deviceId: "d".repeat(128) };

  expect((await ask(tenant, `PUT /drafts/${"s".repeat(200)}`, largest))[0]).toBe(200);
});

test.for(["GET", "PUT", "DELETE"])("%s with a slug over 200 characters is refused", async (method) => {
  const body = method === "PUT" ? draft : undefined;

  expect(await ask(newTenant(), `${method} /drafts/${"s".repeat(201)}`, body)).toEqual(
    says(400, "Invalid field: slug"),
  );
});

test.for(["{ not JSON", "", "null", "[]", '"text"'])("a body that is no JSON object is refused: %s", async (body) => {
  expect(await ask(newTenant(), "PUT /drafts/tale", body)).toEqual(notJson);
});

test("a body no draft could fill is refused unread", async () => {
  expect(await ask(newTenant(), "PUT /drafts/tale", " ".repeat(9 * MiB))).toEqual(tooLarge);
});

test("the 501st draft is refused; one of the 500 can still be saved", async () => {
  const tenant = newTenant();
  await ask(tenant, "GET /drafts");
  await runInDurableObject(tenant, (_object, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500)
       INSERT INTO drafts SELECT 'draft-' || n, '', '{}', 1, 'phone', NULL FROM numbers`,
    );
  });

  expect(await ask(tenant, "PUT /drafts/one-more", draft)).toEqual(says(400, "Too many drafts"));
  expect((await ask(tenant, "PUT /drafts/draft-500", draft))[0]).toBe(200);
  await ask(tenant, "DELETE /drafts/draft-1");
  expect((await ask(tenant, "PUT /drafts/one-more", draft))[0]).toBe(200);
});

test("a device that has not seen another's version does not overwrite it", async () => {
  const tenant = newTenant();
  const seen = await save(tenant, "tale");
  await save(tenant, "tale", { ...draft, content: "From the laptop", deviceId: "laptop", lastSaved: seen });

  const answer = await ask(tenant, "PUT /drafts/tale", { ...draft, content: "From the phone", lastSaved: seen });

  expect(answer).toEqual(says(409, "Draft changed elsewhere"));
  expect(data(await ask(tenant, "GET /drafts/tale"))).toMatchObject({ content: "From the laptop" });
});

test("a device that does not say what it has seen overwrites, as before", async () => {
  const tenant = newTenant();
  await save(tenant, "tale", { ...draft, deviceId: "laptop" });

  expect((await ask(tenant, "PUT /drafts/tale", draft))[0]).toBe(200);
});

test("a device may save again before its first answer has arrived", async () => {
  const tenant = newTenant();
  const seen = await save(tenant, "tale");
  await save(tenant, "tale");

  expect((await ask(tenant, "PUT /drafts/tale", { ...draft, lastSaved: seen }))[0]).toBe(200);
});

test("two versions never share a time", async () => {
  const tenant = newTenant();

  const times = [await save(tenant, "tale"), await save(tenant, "tale"), await save(tenant, "tale")];

  expect(new Set(times).size).toBe(3);
});

/** Makes of an object's storage what the class left there when its table had no number. */
async function goBack(tenant: DurableObjectStub): Promise<void> {
  await ask(tenant, "GET /drafts");
  await runInDurableObject(tenant, (_object, { storage }) => {
    const schema = `CREATE TABLE IF NOT EXISTS drafts (
      slug TEXT PRIMARY KEY, content TEXT NOT NULL, metadata TEXT NOT NULL,
      last_saved INTEGER NOT NULL, device_id TEXT NOT NULL
    )`;
    storage.sql.exec(`DROP TABLE drafts; DROP TABLE rate_limits; ${schema}`);
    storage.sql.exec("INSERT INTO drafts VALUES ('old', 'text', '{ not JSON', 1700000000000, 'phone')");
    storage.kv.delete("loom:migration");
    storage.kv.put("loom:schema", schema);
  });
  await evictDurableObject(tenant);
}

test("drafts that the object's first version stored are there; unreadable metadata is Untitled", async () => {
  const tenant = newTenant();
  await goBack(tenant);

  expect(await ask(tenant, "GET /drafts/old")).toEqual(
    json({
      ...{ slug: "old", content: "text", metadata: { title: "Untitled" } },
      ...{ lastSaved: 1_700_000_000_000, deviceId: "phone" },
    }),
  );
  expect(await save(tenant, "old")).toBeGreaterThan(1_700_000_000_000);
});

test.for(["GET", "PUT", "DELETE"])("%s of the admin panel's path does the same", async (method) => {
  const tenant = newTenant();
  const body = method === "PUT" ? draft : undefined;
  await save(tenant, "a%2Fb");

  const [status] = await ask(tenant, `${method} /api/admin/drafts/a%2Fb`, body);
  const list = await ask(tenant, "GET /api/admin/drafts");

  expect(status).toBe(200);
  expect(list).toEqual(await ask(tenant, "GET /drafts"));
});

test("the admin panel's path answers to the letter, too", async () => {
  const tenant = newTenant();

  expect(await ask(tenant, "GET /api/admin/drafts/none")).toEqual(notFound);
  expect(await ask(tenant, "PUT /api/admin/drafts/a", { ...draft, deviceId: "" })).toEqual(
    says(400, "Invalid field: deviceId"),
  );
  expect(await ask(tenant, "DELETE /api/admin/drafts/a")).toEqual(json({ success: true }));
});
