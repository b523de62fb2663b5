import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { grove } from "../support/grove.ts";
import {
  bufferMail,
  eachMailboxIsNew,
  enqueue,
  newMailbox,
  rows,
  runEightTimes,
  statusOf,
  untilAlarm,
} from "./mailbox.ts";

eachMailboxIsNew();

const second = 1_000;

/** Lets time pass, and the alarm run. */
async function after(ms: number, mailbox: DurableObjectStub): Promise<void> {
  vi.setSystemTime(Date.now() + ms);
  await runDurableObjectAlarm(mailbox);
}

function withoutR2(): void {
  between.put = () => Promise.reject(new Error("R2 is down."));
}

test("a mail that fails is tried again ten seconds later, and its row says why", async () => {
  capture();
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail());
  withoutR2();

  await runDurableObjectAlarm(mailbox);
  expect(await rows("webhook_buffer")).toMatchObject([
    { status: "pending", retry_count: 1, error_message: "Error: R2 is down.", processed_at: null },
  ]);
  expect([(await statusOf(mailbox)).queueLength, await untilAlarm(mailbox)]).toEqual([1, 10 * second]);

  delete between.put;
  await after(10 * second, mailbox);
  expect(await rows("webhook_buffer")).toMatchObject([{ status: "completed", retry_count: 1, error_message: null }]);
  expect([await rows("emails"), await statusOf(mailbox)]).toMatchObject([{ length: 1 }, { queueLength: 0 }]);
});

test("a mail is tried five times, later each time, and has failed then", async () => {
  capture();
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail());
  withoutR2();

  const waits = [];
  await runDurableObjectAlarm(mailbox);
  waits.push(await untilAlarm(mailbox));
  await after(10 * second, mailbox);
  waits.push(await untilAlarm(mailbox));
  await after(40 * second, mailbox);
  waits.push(await untilAlarm(mailbox));
  await after(160 * second, mailbox);
  waits.push(await untilAlarm(mailbox));
  await after(640 * second, mailbox);
  waits.push(await untilAlarm(mailbox));

  expect(waits).toEqual([10 * second, 40 * second, 160 * second, 640 * second, null]);
  const processed_at = new Date(Date.now()).toISOString();
  expect(await rows("webhook_buffer")).toMatchObject([
    { status: "failed", retry_count: 5, error_message: "Error: R2 is down.", processed_at },
  ]);
  expect([await rows("emails"), await statusOf(mailbox)]).toMatchObject([[], { queueLength: 0 }]);
});

test("a mail that fails holds no other", async () => {
  capture();
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail(), await bufferMail(), await bufferMail());
  between.put = vi.fn<() => Promise<void>>().mockResolvedValue().mockRejectedValueOnce(new Error("R2 is down."));

  await runDurableObjectAlarm(mailbox);

  const statuses = (await rows("webhook_buffer")).map(({ status }) => status).sort();
  expect(statuses).toEqual(["completed", "completed", "pending"]);
});

test("a mail whose five tries all stopped the object has failed", async () => {
  capture();
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail());
  await runInDurableObject(mailbox, (_object, { storage }) => void storage.sql.exec("UPDATE queue SET attempts = 5"));

  await runDurableObjectAlarm(mailbox);

  expect(await rows("webhook_buffer")).toMatchObject([
    { status: "failed", retry_count: 5, error_message: "Error: The object stopped during the last attempt." },
  ]);
  expect((await statusOf(mailbox)).queueLength).toBe(0);
});

test("a try that is repeated stores nothing twice", async () => {
  const mailbox = newMailbox();
  const id = await bufferMail({ from: "bea@example.com" });
  await enqueue(mailbox, id);
  await runDurableObjectAlarm(mailbox);
  const stored = await rows("emails");
  await grove.IVY_DB.prepare("UPDATE ivy_webhook_buffer SET status = 'pending'").run();
  await enqueue(mailbox, id);

  await runDurableObjectAlarm(mailbox);

  expect(await rows("emails")).toEqual(stored);
  expect(await rows("webhook_buffer")).toMatchObject([{ status: "completed" }]);
});

test("a mail whose last try D1 did not note stays until it does", async () => {
  const { lines } = capture();
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail());
  withoutR2();
  await runInDurableObject(mailbox, (_object, { storage }) => void storage.sql.exec("UPDATE queue SET attempts = 4"));
  between.refused = /error_message = \?4/;

  await runDurableObjectAlarm(mailbox);
  expect([await rows("webhook_buffer"), await statusOf(mailbox)]).toMatchObject([
    [{ status: "processing" }],
    { queueLength: 1 },
  ]);
  expect(lines.map(({ level }) => level)).toEqual(["error", "error"]);

  delete between.refused;
  await after(3_600 * second, mailbox);
  expect([await rows("webhook_buffer"), await statusOf(mailbox)]).toMatchObject([
    [{ status: "failed" }],
    { queueLength: 0 },
  ]);
});

test.for(["TriageWithoutDatabase", "TriageWithoutBucket"])("%s keeps the queue and tries again", async (binding) => {
  const { lines } = capture();
  const mailbox = newMailbox(binding);
  await enqueue(mailbox, await bufferMail());
  await runEightTimes(mailbox);
  await evictDurableObject(mailbox);

  expect([await rows("webhook_buffer"), await statusOf(mailbox)]).toMatchObject([
    [{ status: "pending", retry_count: 0 }],
    { queueLength: 1 },
  ]);
  expect(await untilAlarm(mailbox)).toBeGreaterThan(0);
  expect(lines).toMatchObject(Array.from({ length: 8 }, () => ({ code: "GROVE-LOOM-051", alarm: "queue" })));
});

test("while D1 is away no try is counted, and when it is back the mails are triaged", async () => {
  capture();
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail());
  between.refused = /ivy_/;
  await runEightTimes(mailbox);

  delete between.refused;
  await runDurableObjectAlarm(mailbox);

  expect(await rows("webhook_buffer")).toMatchObject([{ status: "completed", retry_count: 0 }]);
});
