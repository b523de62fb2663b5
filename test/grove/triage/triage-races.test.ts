import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { ask } from "../support/grove.ts";
import {
  bufferMail,
  eachMailboxIsNew,
  enqueue,
  minute,
  newMailbox,
  now,
  rows,
  sentTo,
  settle,
  statusOf,
  unread,
  untilAlarm,
} from "./mailbox.ts";

eachMailboxIsNew();

/** Until the object waits for something that a test holds. */
function aCallIsHeld(): Promise<void> {
  return vi.waitFor(() => expect(between.waiting).toBe(1));
}

/** Lets the object do what it can meanwhile: events are answered in the order in which they are sent. */
async function meanwhile(mailbox: DurableObjectStub): Promise<void> {
  await statusOf(mailbox);
  await rows("settings");
  await statusOf(mailbox);
}

test("a digest that is made while a mail is being stored has that mail", async () => {
  await settle();
  const mailbox = newMailbox();
  await unread();
  await enqueue(mailbox, await bufferMail());
  between.held = "batch";
  const storing = runDurableObjectAlarm(mailbox);
  await aCallIsHeld();
  vi.setSystemTime(now + minute);

  const digest = ask(mailbox, "POST /digest");
  await meanwhile(mailbox);
  between.held = undefined;
  await Promise.all([storing, digest]);

  expect(await rows("digest_log")).toMatchObject([{ email_count: 2 }]);
});

test("digests that are turned off while the next is being scheduled stay off", async () => {
  await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  await unread();
  between.mailer = () => {
    between.held = "settings";
    return Response.json({ success: true });
  };
  const sending = runDurableObjectAlarm(mailbox);
  await aCallIsHeld();

  const turningOff = ask(mailbox, "POST /schedule", { enabled: false });
  await meanwhile(mailbox);
  between.held = undefined;
  await Promise.all([sending, turningOff]);

  expect((await statusOf(mailbox)).digestScheduled).toBe(false);
});

test("two digests that are made at once do not have the same mails", async () => {
  const recipient = await settle();
  const mailbox = newMailbox();
  await unread();
  between.held = "model";
  const first = ask(mailbox, "POST /digest");
  await aCallIsHeld();
  vi.setSystemTime(now + minute);

  const second = ask(mailbox, "POST /digest");
  await meanwhile(mailbox);
  between.held = undefined;
  await Promise.all([first, second]);

  expect([await sentTo(recipient), await rows("digest_log")]).toMatchObject([{ length: 1 }, { length: 1 }]);
});

test("a mail that comes while others are triaged waits no second for them", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail());
  between.held = "model";
  const running = runDurableObjectAlarm(mailbox);
  await aCallIsHeld();
  vi.setSystemTime(now + minute);

  await enqueue(mailbox, await bufferMail());
  between.held = undefined;
  await running;

  expect(await untilAlarm(mailbox)).toBe(100);
});
