import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { grove } from "../support/grove.ts";
import { bufferMail, eachMailboxIsNew, enqueue, newMailbox, rows, statusOf } from "./mailbox.ts";

eachMailboxIsNew();

test("a mail that was being processed when the object stopped is taken again", async () => {
  capture();
  const mailbox = newMailbox();
  const id = await bufferMail();
  await enqueue(mailbox, id);
  between.isCrashing = true;
  await failureOf(runDurableObjectAlarm(mailbox));
  expect(await rows("webhook_buffer")).toMatchObject([{ status: "processing", retry_count: 0 }]);

  between.isCrashing = false;
  const woken = grove["TriageAmidFailures"]!.getByName(mailbox.name!);
  // The test's way of running an alarm takes it off; the platform would keep it.
  expect((await statusOf(woken)).queueLength).toBe(1);
  vi.setSystemTime(Date.now() + 10_000);
  await runDurableObjectAlarm(woken);

  expect(await rows("webhook_buffer")).toMatchObject([{ status: "completed", retry_count: 1 }]);
  expect(await rows("emails")).toHaveLength(1);
});
