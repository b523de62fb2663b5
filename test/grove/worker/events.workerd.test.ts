import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import worker from "../../../examples/grove/worker.ts";
import { prepareDatabase } from "../support/database.ts";
import { ask, grove } from "../support/grove.ts";
import { failing, newReader } from "./browser.ts";

beforeAll(prepareDatabase);
beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

function published(site: string) {
  return { type: "published", site, tenantId: `id-${site}`, author: "A site", slug: "hello" };
}

/** Puts the post that such a message is about. */
async function publish(site: string, changes: object = {}) {
  const post = { tenantId: site, slug: "hello", title: "Hello", publishedAt: 1, ...changes };
  await ask(grove.POST_CONTENT.getByName(`content:${site}:hello`), "PUT /content", post);
}

/** Has the Worker take messages with these bodies; the ids of those it has taken, and of those that come again. */
async function deliver(bodies: readonly unknown[], env: object = {}) {
  const messages = bodies.map((body, at) => ({ id: String(at), timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch("grove-events", messages);
  await worker.queue(batch, { ...grove, ...env });
  const { explicitAcks, retryMessages } = await getQueueResult(batch, createExecutionContext());
  return { taken: explicitAcks.toSorted(), again: retryMessages.map(({ msgId }) => msgId) };
}

test("a post that was published is handed to the feeds of whoever follows the site", async () => {
  const site = crypto.randomUUID();
  const { browser, id } = await newReader();
  await grove.FEEDS.getByName(`feed:${id}`).updateFollowing(site, "follow");
  await grove.DB.prepare("INSERT INTO meadow_follows VALUES (?, ?, ?, 1)").bind(crypto.randomUUID(), id, site).run();

  await publish(site);

  const result = await deliver([published(site), published(site)]);

  expect(result).toEqual({ taken: ["0", "1"], again: [] });
  expect((await browser.ask("GET /api/feed"))[1]).toMatchObject({ items: [{ postId: `${site}/hello` }] });
});

test("a post that is gone by now, or taken back, is nobody's news", async () => {
  const [site, gone] = [crypto.randomUUID(), crypto.randomUUID()];
  await publish(site, { publishedAt: null });

  const result = await deliver([published(site), published(gone)]);

  expect(result).toEqual({ taken: ["0", "1"], again: [] });
  expect(await grove.DB.prepare("SELECT 1 FROM posts WHERE id = ?").bind(`id-${site}:hello`).first()).toBeNull();
});

test("a post whose text R2 does not give comes again, and is no empty one", async () => {
  const site = crypto.randomUUID();
  await publish(site, { markdownContent: "# Hello" });
  const object = grove.POST_CONTENT.getByName(`content:${site}:hello`);
  await ask(object, "POST /content/migrate", { r2Key: "copy" });
  await grove.IMAGES.delete(`cold/${site}/hello/copy`);

  expect(await deliver([published(site)])).toEqual({ taken: [], again: ["0"] });
});

test("a mail waits in its mailbox", async () => {
  const before = await (
    await grove.TRIAGE.getByName("triage:owner").fetch("https://triage/status")
  ).json<{ queueLength: number }>();

  const result = await deliver([{ type: "mail", bufferId: crypto.randomUUID() }]);

  const after = await (await grove.TRIAGE.getByName("triage:owner").fetch("https://triage/status")).json();
  expect(result.taken).toEqual(["0"]);
  expect(after).toMatchObject({ queueLength: before.queueLength + 1 });
});

test("what fails comes again, alone; what nobody can ever take does not", async () => {
  const result = await deliver([{ type: "mail", bufferId: "m" }, published("a"), { type: "riddle" }, null], {
    TRIAGE: failing,
  });

  expect(result).toEqual({ taken: ["1", "2", "3"], again: ["0"] });
});

test("while the database is away a post waits in the queue", async () => {
  expect(await deliver([published("a")], { DB: undefined })).toEqual({ taken: [], again: ["0"] });
});
