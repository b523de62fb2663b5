import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { ask, grove, json } from "../support/grove.ts";
import {
  eachMailboxIsNew,
  minute,
  newMailbox,
  now,
  rows,
  runEightTimes,
  sentTo,
  settle,
  statusOf,
  unread,
} from "./mailbox.ts";

eachMailboxIsNew();

const success = json({ success: true });
const failed = json({ success: false, error: "Digest failed" }, 500);
const at = new Date(now).toISOString();
const hour = 60 * minute;

test("a mail is in one digest", async () => {
  const recipient = await settle();
  const mailbox = newMailbox();
  await unread();
  await ask(mailbox, "POST /digest");
  vi.setSystemTime(now + hour);

  await ask(mailbox, "POST /digest");

  expect(await sentTo(recipient)).toHaveLength(1);
});

test("two digests at once are one", async () => {
  const recipient = await settle();
  const mailbox = newMailbox();
  await unread();

  await Promise.all([ask(mailbox, "POST /digest"), ask(mailbox, "POST /digest")]);

  expect([await sentTo(recipient), await rows("digest_log")]).toMatchObject([{ length: 1 }, { length: 1 }]);
});

test.for([minute, 26 * hour])("a digest that is %d ms overdue is sent once, and the next scheduled", async (late) => {
  const recipient = await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  await unread();
  await evictDurableObject(mailbox);
  vi.setSystemTime(Date.UTC(2030, 0, 15, 17) + late);

  await runDurableObjectAlarm(mailbox);

  expect(await sentTo(recipient)).toHaveLength(1);
  expect(Date.parse((await statusOf(mailbox)).nextDigestAt!)).toBeGreaterThan(Date.now() + minute);
});

test.for<[string, string, (() => Response | Promise<Response>) | undefined]>([
  ["is missing", "TriageWithoutMailer", undefined],
  ["refuses", "TriageAmidFailures", () => Response.json({ success: false, errorMessage: "full" }, { status: 422 })],
  ["answers no JSON", "TriageAmidFailures", () => new Response("<html>", { status: 502 })],
  ["cannot be reached", "TriageAmidFailures", () => Promise.reject(new Error("no route"))],
])("where the mailer %s the digest has failed", async ([, binding, mailer]) => {
  const { lines } = capture();
  await settle();
  await unread();
  between.mailer = mailer;

  expect(await ask(newMailbox(binding), "POST /digest")).toEqual(failed);
  expect([await rows("digest_log"), await rows("settings")]).toMatchObject([[], [{ last_digest_at: null }]]);
  expect(lines).toMatchObject([{ level: "error", message: "The digest was not sent." }]);
});

test("a recipient that is no address is refused by the mailer, and the digest has failed", async () => {
  const { lines } = capture();
  await settle({ digest_recipient: "nobody" });
  await unread();

  expect(await ask(newMailbox(), "POST /digest")).toEqual(failed);
  expect(lines[0]!["cause"]).toMatchObject({ message: expect.stringContaining("refused") as string });
});

test("a scheduled digest that failed is tried again until it is sent, with what came in since", async () => {
  capture();
  const recipient = await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  await unread();
  between.mailer = () => Response.json({ success: false, errorMessage: "full" });
  await runEightTimes(mailbox);
  delete between.mailer;
  await unread({ created_at: new Date(now + hour).toISOString() });
  vi.setSystemTime(now + 2 * hour);

  await runDurableObjectAlarm(mailbox);

  expect(await sentTo(recipient)).toMatchObject([{ subject: "🌿 Ivy Digest — 2 emails" }]);
  expect((await statusOf(mailbox)).nextDigestAt).toBe("2030-01-15T17:00:00.000Z");
});

test("a digest that went out though nobody could note it goes out once, and what came in since is in the next", async () => {
  capture();
  const recipient = await settle();
  const mailbox = newMailbox();
  await unread();
  between.refused = /ivy_digest_log/;
  expect(await ask(mailbox, "POST /digest")).toEqual(failed);
  delete between.refused;
  await evictDurableObject(mailbox);
  await unread({ created_at: new Date(now + hour).toISOString() });
  vi.setSystemTime(now + 2 * hour);

  expect(await ask(mailbox, "POST /digest")).toEqual(success);
  expect(await rows("settings")).toMatchObject([{ last_digest_at: at }]);
  expect(await ask(mailbox, "POST /digest")).toEqual(success);

  const sent = await sentTo(recipient);
  expect(sent.map(({ subject }) => subject)).toEqual(["🌿 Ivy Digest — 1 email", "🌿 Ivy Digest — 1 email"]);
  expect(await rows("digest_log")).toMatchObject([{ email_count: 1 }, { email_count: 1 }]);
});

test("a digest of which the database knows already is not open any more", async () => {
  capture();
  const recipient = await settle();
  const mailbox = newMailbox();
  await unread();
  between.mailer = () => Promise.reject(new Error("no route"));
  await ask(mailbox, "POST /digest");
  delete between.mailer;
  await grove.IVY_DB.prepare("UPDATE ivy_settings SET last_digest_at = ?").bind(at).run();
  await unread({ created_at: new Date(now + hour).toISOString() });
  vi.setSystemTime(now + 2 * hour);

  await ask(mailbox, "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ messageId: `digest-${now + 2 * hour}` }]);
});

test("without the binding IVY_DB there is no digest", async () => {
  capture();

  expect(await ask(newMailbox("TriageWithoutDatabase"), "POST /digest")).toEqual(failed);
});

test("while D1 is away the digest fails, and says nothing of why", async () => {
  capture();
  between.refused = /ivy_settings/;

  expect(await ask(newMailbox(), "POST /digest")).toEqual(failed);
});
