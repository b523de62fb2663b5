import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { ask, data, grove, json } from "../support/grove.ts";
import {
  bufferMail,
  eachMailboxIsNew,
  enqueue,
  insert,
  minute,
  newMailbox,
  now,
  rows,
  sentTo,
  settle,
  statusOf,
  triaged,
  unread,
  untilAlarm,
} from "./mailbox.ts";

// What was wrong with the object of old, by the numbers of the contract's page.
eachMailboxIsNew();

const hour = 60 * minute;
const nextDigestAt = "2030-01-15T17:00:00.000Z";

test("1: a mail that comes in leaves the digest's time alone, and the digest is sent then", async () => {
  const recipient = await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});

  await enqueue(mailbox, await bufferMail());
  expect([await untilAlarm(mailbox), (await statusOf(mailbox)).nextDigestAt]).toEqual([100, nextDigestAt]);
  await runDurableObjectAlarm(mailbox);
  expect([await untilAlarm(mailbox), (await statusOf(mailbox)).nextDigestAt]).toEqual([8 * hour, nextDigestAt]);

  vi.setSystemTime(Date.parse(nextDigestAt));
  await runDurableObjectAlarm(mailbox);
  expect(await sentTo(recipient)).toHaveLength(1);
});

test("2: after an eviction the alarm finds the queue, and the chain of digests goes on", async () => {
  await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  await enqueue(mailbox, await bufferMail());
  await evictDurableObject(mailbox);
  await runDurableObjectAlarm(mailbox);
  expect(await rows("emails")).toHaveLength(1);

  await evictDurableObject(mailbox);
  vi.setSystemTime(Date.parse(nextDigestAt));
  await runDurableObjectAlarm(mailbox);

  expect((await statusOf(mailbox)).nextDigestAt).toBe("2030-01-16T07:00:00.000Z");
});

test("3: on the last day of a month the next digest is on the first of the next", async () => {
  await settle();
  const mailbox = newMailbox();
  vi.setSystemTime(Date.parse("2030-01-31T16:00:00Z"));
  await ask(mailbox, "POST /schedule", {});
  vi.setSystemTime(Date.parse("2030-01-31T17:00:00Z"));

  await runDurableObjectAlarm(mailbox);

  expect((await statusOf(mailbox)).nextDigestAt).toBe("2030-02-01T07:00:00.000Z");
});

test("4: what /schedule is not told stays, a bad zone is a 400, and /process queues no undefined", async () => {
  await settle();
  const mailbox = newMailbox();

  expect(await ask(mailbox, "POST /schedule", { timezone: "Europe/Berlin" })).toEqual(
    json({ success: true, nextDigestAt }),
  );
  expect((await ask(mailbox, "POST /schedule", { timezone: "nowhere" }))[0]).toBe(400);
  expect((await ask(mailbox, "POST /process", {}))[0]).toBe(400);
  expect(await statusOf(mailbox)).toEqual({ queueLength: 0, digestScheduled: true, nextDigestAt });
});

test.for(["Ann <x@instagram.com>", '"Ann, <a@good.com>" <X@Mail.Instagram.com>', "Ann <bea@example.com>"])(
  "5: a filter sees the address in %s",
  async (from) => {
    await insert("triage_filters", { id: "1", type: "blocklist", match_type: "exact", pattern: "bea@example.com" });

    expect(await triaged({ from })).toMatchObject({ category: "junk" });
  },
);

test("6: what heuristics found is not said to be a model's", async () => {
  capture();
  between.model = () => new Response(null, { status: 500 });

  expect(await triaged({ from: "no-reply@shop.com" })).toMatchObject({
    ...{ category: "transactional", classification_model: "heuristics" },
  });
});

test("7: a digest that was not sent is not logged, and its mails are in the next", async () => {
  capture();
  const recipient = await settle();
  const mailbox = newMailbox();
  await unread();
  between.mailer = () => Response.json({ success: false, errorMessage: "full" }, { status: 500 });
  expect(data(await ask(mailbox, "POST /digest"))).toMatchObject({ success: false });
  expect([await rows("digest_log"), await rows("settings")]).toMatchObject([[], [{ last_digest_at: null }]]);

  delete between.mailer;
  await ask(mailbox, "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ subject: "🌿 Ivy Digest — 1 email" }]);
});

test("8: what a crash left in processing is taken again, and a failure that cannot be noted loses no mail", async () => {
  capture();
  const mailbox = newMailbox();
  const [left, bad, good] = [await bufferMail(), await bufferMail(), await bufferMail()];
  await grove.IVY_DB.prepare("UPDATE ivy_webhook_buffer SET status = 'processing' WHERE id = ?").bind(left).run();
  await grove.IVY_DB.prepare("UPDATE ivy_webhook_buffer SET raw_payload = '[' WHERE id = ?").bind(bad).run();
  await enqueue(mailbox, left, bad, good);
  between.refused = /error_message = \?4/;

  await runDurableObjectAlarm(mailbox);

  const statuses = (await rows("webhook_buffer")).map(({ status }) => status);
  expect(statuses).toEqual(["completed", "processing", "completed"]);
  expect((await statusOf(mailbox)).queueLength).toBe(1);
});

test("9: a digest that fails holds no mail, and mails that fail no digest", async () => {
  const { lines } = capture();
  const recipient = await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  vi.setSystemTime(Date.parse(nextDigestAt));
  await unread();
  await enqueue(mailbox, await bufferMail());
  between.mailer = () => Promise.reject(new Error("no route"));
  await runDurableObjectAlarm(mailbox);
  await runDurableObjectAlarm(mailbox);
  expect(await rows("webhook_buffer")).toMatchObject([{ status: "completed" }]);
  expect(lines).toContainEqual(expect.objectContaining({ code: "GROVE-LOOM-051", alarm: "digest" }));

  delete between.mailer;
  between.refused = /ivy_triage_filters/;
  await enqueue(mailbox, await bufferMail());
  vi.setSystemTime(Date.now() + hour);
  await runDurableObjectAlarm(mailbox);

  expect(await sentTo(recipient)).toHaveLength(1);
  expect((await statusOf(mailbox)).queueLength).toBe(1);
});

test("10: the row that is read is the row that is changed, whatever its rowid", async () => {
  await settle({ user_id: "gone" });
  await grove.IVY_DB.prepare("INSERT INTO ivy_settings (user_id) VALUES ('last')").run();
  await grove.IVY_DB.prepare("DELETE FROM ivy_settings WHERE user_id = 'gone'").run();
  await grove.IVY_DB.prepare("UPDATE ivy_settings SET rowid = 7").run();
  await settle({ user_id: "bea" });
  await grove.IVY_DB.prepare("UPDATE ivy_settings SET digest_enabled = 1, digest_recipient = 'a@a.com'").run();
  await unread();

  await ask(newMailbox(), "POST /digest");

  const last = new Date(now).toISOString();
  expect(await rows("settings")).toMatchObject([
    { user_id: "last", last_digest_at: last },
    { user_id: "bea", last_digest_at: null },
  ]);
});

test("11: a digest that is turned off leaves no alarm", async () => {
  await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});

  await ask(mailbox, "POST /schedule", { enabled: false });

  expect(await untilAlarm(mailbox)).toBeNull();
});
