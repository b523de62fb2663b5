import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { ask, contentOf, data, json, noRoute, notAllowed, notJson, says, send, tooLarge } from "../support/grove.ts";
import { hello, newPost, storedPost } from "./posts.ts";

const notFound = says(404, "Content not found");
const missing = says(400, "Missing required fields");
const changed = { title: "Changed" };

test.for(["GET /content", "GET /content/html", "PATCH /content", "POST /content/migrate"])(
  "fault 1: %s answers 404 while nothing is stored",
  async (line) => {
    const body = line.startsWith("GET") ? undefined : { ...changed, r2Key: "k" };

    expect(await ask(newPost(), line, body)).toEqual(notFound);
  },
);

test("asking for a post that is not there writes no row", async () => {
  const post = newPost();

  await ask(post, "GET /content");
  await ask(post, "POST /content/invalidate");

  const tables = await runInDurableObject(post, (_object, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
  );
  expect(tables).toEqual([]);
});

test("PUT answers with the whole record, keys in the page's order", async () => {
  const before = Date.now();

  const answer = await ask(newPost(), "PUT /content", hello);

  const { updatedAt } = data<{ content: { updatedAt: number } }>(answer).content;
  expect(updatedAt).toBeGreaterThanOrEqual(before);
  expect(answer).toEqual(json({ success: true, content: { ...hello, updatedAt, storageLocation: "hot" } }));
});

test("GET answers with the record that was put", async () => {
  const post = newPost();
  const { content } = data<{ content: object }>(await ask(post, "PUT /content", hello));

  expect(await ask(post, "GET /content")).toEqual(json(content));
});

test("PUT fills what is left out with the page's defaults", async () => {
  const post = newPost();

  await ask(post, "PUT /content", { tenantId: "acme", slug: "hello", title: "Hello" });

  expect(await contentOf(post)).toEqual({
    ...{ tenantId: "acme", slug: "hello", title: "Hello", description: "", tags: [] },
    ...{ markdownContent: "", htmlContent: "", gutterContent: "[]", font: "default", publishedAt: null },
    ...{ updatedAt: expect.any(Number), storageLocation: "hot" },
  });
});

test("PUT drops keys it does not know, and those that are not the caller's to set", async () => {
  const post = newPost();
  const junk = { junk: 1, storageLocation: "cold", r2Key: "images/logo.png", updatedAt: 1 };

  await ask(post, "PUT /content", { ...hello, ...junk });

  expect(await contentOf(post)).toEqual({ ...hello, updatedAt: expect.any(Number), storageLocation: "hot" });
});

test("fault 10: publishedAt 0 stays 0", async () => {
  expect(await contentOf(await storedPost({ publishedAt: 0 }))).toMatchObject({ publishedAt: 0 });
});

test("empty side notes are an empty list, and an empty font the default one", async () => {
  expect(await contentOf(await storedPost({ gutterContent: "", font: "" }))).toMatchObject({
    gutterContent: "[]",
    font: "default",
  });
});

test("GET /content/html answers with the HTML alone", async () => {
  expect(await ask(await storedPost(), "GET /content/html")).toEqual([200, "text/html", "<h1>Hello</h1>"]);
});

test.for(["title", "slug", "tenantId"])("PUT without %s, or with an empty one, is refused", async (field) => {
  const post = newPost();

  expect(await ask(post, "PUT /content", { ...hello, [field]: undefined })).toEqual(missing);
  expect(await ask(post, "PUT /content", { ...hello, [field]: null })).toEqual(missing);
  expect(await ask(post, "PUT /content", { ...hello, [field]: "" })).toEqual(missing);
  expect(await ask(post, "GET /content")).toEqual(notFound);
});

test("PUT says what is missing before it says what is wrong", async () => {
  expect(await ask(newPost(), "PUT /content", { tenantId: 5, slug: "hello" })).toEqual(missing);
});

const wrong: readonly (readonly [field: string, value: unknown])[] = [
  ["tenantId", 5],
  ["slug", "s".repeat(201)],
  ["title", 5],
  ["title", "t".repeat(501)],
  ["description", null],
  ["description", "d".repeat(2_001)],
  ["tags", "notarray"],
  ["tags", [1]],
  ["tags", ["t".repeat(101)]],
  ["tags", Array.from({ length: 51 }, String)],
  ["markdownContent", 5],
  ["htmlContent", {}],
  ["gutterContent", []],
  ["gutterContent", "[not JSON"],
  ["font", "f".repeat(101)],
  ["publishedAt", "2026"],
];

test.for(wrong)("fault 8: PUT with a %s that will not do names it", async ([field, value]) => {
  const post = await storedPost();

  expect(await ask(post, "PUT /content", { ...hello, [field]: value })).toEqual(says(400, `Invalid field: ${field}`));
  expect(await contentOf(post)).toMatchObject(hello);
});

test("the largest values are taken", async () => {
  const largest = {
    ...{ slug: "s".repeat(200), title: "t".repeat(500), description: "d".repeat(2_000), font: "f".repeat(100) },
    tags: Array.from({ length: 50 }, () => "t".repeat(100)),
  };

  expect(await contentOf(await storedPost(largest))).toMatchObject(largest);
});

test("PATCH changes what it names and the time, and nothing else", async () => {
  const post = await storedPost();
  const before = await contentOf(post);
  const patch = { title: "New", tags: ["new"], markdownContent: "# New" };

  const answer = await ask(post, "PATCH /content", patch);

  const after = await contentOf(post);
  expect(answer).toEqual(json({ success: true, content: after }));
  expect(after).toEqual({ ...before, ...patch, updatedAt: after.updatedAt });
  expect(after.updatedAt).toBeGreaterThanOrEqual(before.updatedAt);
});

test("PATCH applies a key that is there with an empty value", async () => {
  const post = await storedPost();
  const empty = { title: "", description: "", tags: [], markdownContent: "", htmlContent: "", font: "" };

  await ask(post, "PATCH /content", empty);

  expect(await contentOf(post)).toMatchObject({ ...empty, gutterContent: hello.gutterContent });
});

test("PATCH cannot change who the post is, when it was published or where it is kept", async () => {
  const post = await storedPost();
  const others = { tenantId: "evil", slug: "evil", publishedAt: 1, storageLocation: "cold", r2Key: "k", updatedAt: 1 };

  await ask(post, "PATCH /content", { title: "New", ...others });

  expect(await contentOf(post)).toEqual({
    ...{ ...hello, title: "New" },
    ...{ updatedAt: expect.any(Number), storageLocation: "hot" },
  });
});

test.for([{}, { publishedAt: 1 }, { junk: 1 }])("PATCH with no key it knows is refused: %j", async (patch) => {
  expect(await ask(await storedPost(), "PATCH /content", patch)).toEqual(missing);
});

test.for(wrong.filter(([field]) => !["tenantId", "slug", "publishedAt"].includes(field)))(
  "fault 8: PATCH with a %s that will not do names it",
  async ([field, value]) => {
    const post = await storedPost();

    expect(await ask(post, "PATCH /content", { [field]: value })).toEqual(says(400, `Invalid field: ${field}`));
    expect(await contentOf(post)).toMatchObject(hello);
  },
);

test("a post survives an eviction", async () => {
  const post = await storedPost();
  const before = await ask(post, "GET /content");

  await evictDurableObject(post);

  expect(await ask(post, "GET /content")).toEqual(before);
});

test("invalidate forgets the post, whatever its body, and once more", async () => {
  const post = await storedPost();
  const done = json({ success: true, message: "Content invalidated" });

  expect(await ask(post, "POST /content/invalidate", "{ not JSON")).toEqual(done);
  expect(await ask(post, "GET /content")).toEqual(notFound);
  expect(await ask(post, "POST /content/invalidate")).toEqual(done);
});

test.for(["PUT /content", "PATCH /content", "POST /content/migrate"])(
  "fault 8: %s with what is no JSON object is refused",
  async (line) => {
    const post = await storedPost();

    expect(await ask(post, line, "{ not JSON")).toEqual(notJson);
    expect(await ask(post, line, "")).toEqual(notJson);
    expect(await ask(post, line, "null")).toEqual(notJson);
    expect(await ask(post, line, "[]")).toEqual(notJson);
    expect(await ask(post, line, '"text"')).toEqual(notJson);
    expect(await contentOf(post)).toMatchObject(hello);
  },
);

test("a plain string is JSON, as Grove's callers send it; a form is not", async () => {
  const post = newPost();
  const body = JSON.stringify(hello);
  const put = (type: string) =>
    post.fetch("https://grove/content", { method: "PUT", body, headers: { "Content-Type": type } });

  expect((await put("text/plain;charset=UTF-8")).status).toBe(200);
  expect((await put("application/x-www-form-urlencoded")).status).toBe(415);
});

test("a path or a method that is not the page's is refused", async () => {
  const post = await storedPost();
  const wrongMethod = await send(post, "DELETE /content");

  expect(await ask(post, "GET /other")).toEqual(noRoute);
  expect(await ask(post, "DELETE /content")).toEqual(notAllowed);
  expect(wrongMethod.headers.get("Allow")).toBe("GET, HEAD, OPTIONS, PATCH, PUT");
});

test("fault 5: a post that fills a row is kept, and one that does not fit is refused and changes nothing", async () => {
  const post = await storedPost();
  const large = "x".repeat(2 * 1024 * 1024 - 4_096);

  const fits = await ask(post, "PUT /content", { ...hello, htmlContent: large });
  const put = await ask(post, "PUT /content", { ...hello, htmlContent: `${large}${large}` });
  const patch = await ask(post, "PATCH /content", { markdownContent: large });

  expect(fits[0]).toBe(200);
  expect([put, patch]).toEqual([tooLarge, tooLarge]);
  expect(await contentOf(post)).toEqual({
    ...{ ...hello, htmlContent: large },
    ...{ updatedAt: expect.any(Number), storageLocation: "hot" },
  });
});

test("a body no post could fill is refused unread", async () => {
  const post = newPost();

  expect(await ask(post, "PUT /content", " ".repeat(9 * 1024 * 1024))).toEqual(tooLarge);
});

test("a row written by the object's first version is read, and written in its shape", async () => {
  const post = newPost();
  const old = { ...hello, updatedAt: 1_700_000_000_000, storageLocation: "warm" };
  await runInDurableObject(post, (_object, { storage }) => {
    storage.sql.exec("CREATE TABLE content (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)");
    storage.sql.exec("INSERT INTO content VALUES ('post_content', ?, 1700000000000)", JSON.stringify(old));
  });

  const read = await ask(post, "GET /content");
  await ask(post, "PATCH /content", { title: "New" });

  expect(read).toEqual(json(old));
  const rows = await runInDurableObject(post, (_object, { storage }) =>
    storage.sql.exec("SELECT key, value ->> 'title' AS title, typeof(updated_at) AS time FROM content").toArray(),
  );
  expect(rows).toEqual([{ key: "post_content", title: "New", time: "integer" }]);
});

test("a row that cannot be read counts as none, and a PUT replaces it", async () => {
  const post = await storedPost();
  await runInDurableObject(post, (_object, { storage }) => {
    storage.sql.exec("UPDATE content SET value = '{ not JSON'");
  });

  expect(await ask(post, "GET /content")).toEqual(notFound);
  await ask(post, "PUT /content", hello);

  expect(await contentOf(post)).toMatchObject(hello);
});
