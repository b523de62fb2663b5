import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import { r2 } from "../../fixtures/grove/post-content.ts";
import { ask, contentOf, data, grove, json, says, send } from "../support/grove.ts";
import { coldPost, emptied, heldMigration, hello, inR2, newPost, storedPost } from "./posts.ts";

const heavy = {
  markdownContent: hello.markdownContent,
  htmlContent: hello.htmlContent,
  gutterContent: hello.gutterContent,
};
const unavailable = says(503, "Content unavailable");
const migrated = (r2Key: string) => json({ success: true, message: "Migrated to cold storage", r2Key });
const isGone = (r2Key: string) => vi.waitFor(async () => expect(await grove.IMAGES.head(r2Key)).toBeNull());
const newKey = () => `cold/acme/hello/${crypto.randomUUID()}.json`;

beforeEach(() => {
  Object.assign(r2, { failures: 0, puts: 0, isHeld: false, areReadsHeld: false, areDeletesFailing: false });
});

/** What the object itself keeps of its post. */
function stored(post: DurableObjectStub) {
  return runInDurableObject(post, (_object, { storage }) => {
    const { value } = storage.sql.exec<{ value: string }>("SELECT value FROM content").one();
    return JSON.parse(value) as object;
  });
}

test("migrate moves the heavy fields to R2 and leaves the rest as it was", async () => {
  const post = await storedPost();
  const before = await contentOf(post);
  const r2Key = newKey();

  expect(await ask(post, "POST /content/migrate", { r2Key })).toEqual(migrated(r2Key));

  const found = (await grove.IMAGES.get(r2Key))!;
  expect(await found.text()).toBe(JSON.stringify(heavy));
  expect(found.httpMetadata?.contentType).toBe("application/json");
  expect(await stored(post)).toEqual({ ...before, ...emptied, storageLocation: "cold", r2Key });
});

test("a cold post reads as if it were hot, also after an eviction", async () => {
  const { post, r2Key } = await coldPost();
  await evictDurableObject(post);

  expect(await contentOf(post)).toEqual({
    ...hello,
    ...{ updatedAt: expect.any(Number), storageLocation: "cold", r2Key },
  });
  expect(await ask(post, "GET /content/html")).toEqual([200, "text/html", "<h1>Hello</h1>"]);
});

test("what is checked first: the post, then the key, then the bucket", async () => {
  const bare = newPost("PostContentWithoutImages");
  const full = await storedPost({}, "PostContentWithoutImages");

  expect(await ask(bare, "POST /content/migrate", {})).toEqual(says(404, "Content not found"));
  expect(await ask(full, "POST /content/migrate", {})).toEqual(says(400, "R2 key required"));
  expect(await ask(full, "POST /content/migrate", { r2Key: "k" })).toEqual(says(500, "R2 not configured"));
});

test.for([null, ""])("an empty key is a missing one: %j", async (r2Key) => {
  expect(await ask(await storedPost(), "POST /content/migrate", { r2Key })).toEqual(says(400, "R2 key required"));
});

test.for<readonly [name: string, r2Key: unknown]>([
  ["a number", 5],
  ["an object", {}],
  ["a leading slash", "/absolute"],
  ["a step up", "a/../b"],
  ["nothing but a step up", ".."],
  ["too many bytes", "k".repeat(1_025)],
  ["too many bytes of few characters", "ü".repeat(513)],
])("a key that will not do is refused: %s", async ([, r2Key]) => {
  const post = await storedPost();

  expect(await ask(post, "POST /content/migrate", { r2Key })).toEqual(says(400, "Invalid field: r2Key"));
  expect(await contentOf(post)).toMatchObject({ ...hello, storageLocation: "hot" });
});

test("a key outside the post's own prefix is put beneath it: another's object is safe", async () => {
  await grove.IMAGES.put("images/logo.png", "pixels");
  const post = await storedPost({ tenantId: "a/b", slug: crypto.randomUUID() });
  const { slug } = await contentOf(post);

  const answer = await ask(post, "POST /content/migrate", { r2Key: "images/logo.png" });

  expect(answer).toEqual(migrated(`cold/a%2Fb/${slug}/images/logo.png`));
  expect(await (await grove.IMAGES.get("images/logo.png"))!.text()).toBe("pixels");
});

test("the key of a post whose slug begins like this one's is another's too", async () => {
  const post = await storedPost();
  await grove.IMAGES.put("cold/acme/hello-again/copy.json", "another's copy");

  const answer = await ask(post, "POST /content/migrate", { r2Key: "cold/acme/hello-again/copy.json" });

  expect(answer).toEqual(migrated("cold/acme/hello/cold/acme/hello-again/copy.json"));
  expect(await (await grove.IMAGES.get("cold/acme/hello-again/copy.json"))!.text()).toBe("another's copy");
});

test("a key may have 1024 bytes in all, and not one more", async () => {
  const [fits, post] = ["k".repeat(1_024 - "cold/acme/hello/".length), await storedPost()];

  const tooLong = await ask(post, "POST /content/migrate", { r2Key: `${fits}k` });

  expect(tooLong).toEqual(says(400, "Invalid field: r2Key"));
  expect(await ask(post, "POST /content/migrate", { r2Key: fits })).toEqual(migrated(`cold/acme/hello/${fits}`));
});

test("fault 2: migrating a cold post again changes nothing", async () => {
  const { post, r2Key } = await coldPost();
  const other = newKey();

  expect(await ask(post, "POST /content/migrate", { r2Key })).toEqual(migrated(r2Key));
  expect(await ask(post, "POST /content/migrate", { r2Key: other })).toEqual(migrated(r2Key));
  expect(await inR2(r2Key)).toEqual(heavy);
  expect(await inR2(other)).toBeNull();
  expect(await contentOf(post)).toMatchObject({ ...hello, storageLocation: "cold" });
});

test("fault 9: two migrations at once: one moves the post, the other finds it moved", async () => {
  const post = await storedPost();
  const [first, second] = [newKey(), newKey()];

  const answers = await Promise.all([first, second].map((r2Key) => ask(post, "POST /content/migrate", { r2Key })));

  expect(answers).toEqual([migrated(first), migrated(first)]);
  expect(await inR2(second)).toBeNull();
});

test("fault 3: a PUT during a migration wins, and its text is what is moved", async () => {
  const r2Key = newKey();
  const { post, release } = await heldMigration(r2Key);

  const put = await ask(post, "PUT /content", { ...hello, title: "Newer", markdownContent: "# Newer" });
  const migration = await release();

  expect(put[0]).toBe(200);
  expect(migration).toEqual(migrated(r2Key));
  expect(await inR2(r2Key)).toMatchObject({ markdownContent: "# Newer" });
  expect(await contentOf(post)).toMatchObject({ title: "Newer", markdownContent: "# Newer", storageLocation: "cold" });
});

test("a PATCH during a migration is not lost", async () => {
  const { post, release } = await heldMigration(newKey());

  await ask(post, "PATCH /content", { htmlContent: "<h1>Newer</h1>" });
  await release();

  expect(await contentOf(post)).toMatchObject({ ...hello, htmlContent: "<h1>Newer</h1>" });
});

test("an invalidation during a migration wins, and the copy is deleted", async () => {
  const r2Key = newKey();
  const { post, release } = await heldMigration(r2Key);

  await ask(post, "POST /content/invalidate");
  const migration = await release();

  expect(migration).toEqual(says(404, "Content not found"));
  expect(await ask(post, "GET /content")).toEqual(says(404, "Content not found"));
  await isGone(r2Key);
});

test("a migration that fails twice succeeds the third time", async () => {
  const post = await storedPost({}, "PostContentOnSlowR2");
  const r2Key = newKey();
  r2.failures = 2;

  expect(await ask(post, "POST /content/migrate", { r2Key })).toEqual(migrated(r2Key));
  expect(r2.puts).toBe(3);
});

test("a migration that fails three times says so, and the post stays hot and whole", async () => {
  const post = await storedPost({}, "PostContentOnSlowR2");
  r2.failures = 3;

  const answer = await ask(post, "POST /content/migrate", { r2Key: newKey() });

  const problem = { error: "R2 migration failed after retries", details: "Error: R2 is down." };
  expect(answer).toEqual(json(problem, 500));
  expect(r2.puts).toBe(3);
  expect(await contentOf(post)).toMatchObject({ ...hello, storageLocation: "hot" });
});

test("fault 6: PUT brings a cold post back to hot and has its copy deleted", async () => {
  const { post, r2Key } = await coldPost();

  await ask(post, "PUT /content", { ...hello, markdownContent: "# Back" });

  const content = await contentOf(post);
  expect(content).toMatchObject({ markdownContent: "# Back", storageLocation: "hot" });
  expect(content).not.toHaveProperty("r2Key");
  await isGone(r2Key);
});

test("fault 6: invalidate has the copy of a cold post deleted", async () => {
  const { post, r2Key } = await coldPost();

  await ask(post, "POST /content/invalidate");

  await isGone(r2Key);
});

test("a copy made before the object kept count of its copies is deleted too", async () => {
  const post = newPost();
  const r2Key = `elsewhere/${crypto.randomUUID()}.json`;
  await grove.IMAGES.put(r2Key, JSON.stringify(heavy));
  const old = { ...hello, ...emptied, updatedAt: 1, storageLocation: "cold", r2Key };
  await runInDurableObject(post, (_object, { storage }) => {
    storage.sql.exec("CREATE TABLE content (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)");
    storage.sql.exec("INSERT INTO content VALUES ('post_content', ?, 1)", JSON.stringify(old));
  });
  expect(await contentOf(post)).toMatchObject(heavy);

  await ask(post, "PUT /content", hello);

  await isGone(r2Key);
});

test("a copy that could not be deleted is deleted after the next change, even an eviction later", async () => {
  const { post, r2Key } = await coldPost("PostContentOnSlowR2");
  r2.areDeletesFailing = true;
  await ask(post, "PUT /content", hello);
  await evictDurableObject(post);
  expect(await inR2(r2Key)).toEqual(heavy);

  r2.areDeletesFailing = false;
  await ask(post, "PATCH /content", { title: "Later" });

  await isGone(r2Key);
});

test("a reader of a cold post that is put meanwhile gets the new text", async () => {
  const { post, r2Key } = await coldPost("PostContentOnSlowR2");
  r2.areReadsHeld = true;

  const reading = contentOf(post);
  await ask(post, "PUT /content", { ...hello, markdownContent: "# Newer" });
  await isGone(r2Key);
  r2.areReadsHeld = false;

  expect(await reading).toMatchObject({ markdownContent: "# Newer", storageLocation: "hot" });
});

test("a PATCH of a cold post that waits for R2 is not lost, nor is the PUT that overtakes it", async () => {
  const { post } = await coldPost("PostContentOnSlowR2");
  r2.areReadsHeld = true;

  const patching = ask(post, "PATCH /content", { htmlContent: "<h1>Patched</h1>" });
  await ask(post, "PUT /content", { ...hello, markdownContent: "# Newer" });
  r2.areReadsHeld = false;
  await patching;

  expect(await contentOf(post)).toMatchObject({ markdownContent: "# Newer", htmlContent: "<h1>Patched</h1>" });
});

test("a post goes cold again under the key it was cold under", async () => {
  const { post, r2Key } = await coldPost();

  await ask(post, "PUT /content", { ...hello, markdownContent: "# Back" });
  await ask(post, "POST /content/migrate", { r2Key });

  expect(await contentOf(post)).toMatchObject({ markdownContent: "# Back", storageLocation: "cold", r2Key });
});

test("fault 4: PATCH of the text of a cold post keeps the other texts and makes it hot", async () => {
  const { post, r2Key } = await coldPost();

  const answer = await ask(post, "PATCH /content", { markdownContent: "# New" });

  const content = await contentOf(post);
  expect(answer).toEqual(json({ success: true, content }));
  expect(content).toEqual({
    ...{ ...hello, markdownContent: "# New" },
    ...{ updatedAt: expect.any(Number), storageLocation: "hot" },
  });
  await isGone(r2Key);
});

test("PATCH of anything else leaves a cold post cold", async () => {
  const { post, r2Key } = await coldPost();

  await ask(post, "PATCH /content", { title: "New", tags: [] });

  expect(await contentOf(post)).toEqual({
    ...{ ...hello, title: "New", tags: [] },
    ...{ updatedAt: expect.any(Number), storageLocation: "cold", r2Key },
  });
  expect(await inR2(r2Key)).toEqual(heavy);
});

test("fault 7: a cold post whose copy is lost shows the rest, and nobody may cache it", async () => {
  const { post, r2Key } = await coldPost();
  await grove.IMAGES.delete(r2Key);

  const response = await send(post, "GET /content");

  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ title: "Hello", ...emptied, storageLocation: "cold", r2Key });
});

test("fault 7: a cold post whose copy is lost has no HTML page", async () => {
  const { post, r2Key } = await coldPost();
  await grove.IMAGES.delete(r2Key);

  expect(await ask(post, "GET /content/html")).toEqual(unavailable);
});

test("a copy that is no copy counts as lost", async () => {
  const { post, r2Key } = await coldPost();
  await grove.IMAGES.put(r2Key, '{"htmlContent":5}');

  expect(await ask(post, "GET /content/html")).toEqual(unavailable);
  expect(await contentOf(post)).toMatchObject(emptied);
});

test("PATCH of a text whose copy is lost is refused; of all three it needs no copy", async () => {
  const { post, r2Key } = await coldPost();
  await grove.IMAGES.delete(r2Key);

  expect(await ask(post, "PATCH /content", { markdownContent: "# New" })).toEqual(unavailable);
  expect(await stored(post)).toMatchObject({ ...emptied, storageLocation: "cold", r2Key });
  expect(data(await ask(post, "PATCH /content", heavy))).toMatchObject({
    content: { ...heavy, storageLocation: "hot" },
  });
});

test("without the binding IMAGES a cold post shows the rest and has no page", async () => {
  const post = newPost("PostContentWithoutImages");
  const cold = { ...hello, ...emptied, updatedAt: 1, storageLocation: "cold", r2Key: "cold/acme/hello.json" };
  await runInDurableObject(post, (_object, { storage }) => {
    storage.sql.exec("CREATE TABLE content (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)");
    storage.sql.exec("INSERT INTO content VALUES ('post_content', ?, 1)", JSON.stringify(cold));
  });

  expect(await ask(post, "GET /content")).toEqual(json(cold));
  expect(await ask(post, "GET /content/html")).toEqual(unavailable);
});
