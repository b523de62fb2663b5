import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { type Answer, ask, json, notAllowed, notJson, send } from "../support/grove.ts";
import { bufferMail, eachMailboxIsNew, enqueue, newMailbox, rows, statusOf, untilAlarm } from "./mailbox.ts";

const queued = json({ success: true, queued: true });
const missing = json({ success: false, error: "Missing bufferId" }, 400);

eachMailboxIsNew();

function fill(mailbox: DurableObjectStub, count: number): Promise<void> {
  return runInDurableObject(mailbox, (_object, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO queue (buffer_id, attempts, not_before) SELECT 'mail-' || i, 0, 0 FROM n`,
      count,
    );
  });
}

async function bufferMany(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => bufferMail()));
}

test("a mail is queued and triaged a hundred milliseconds later", async () => {
  const mailbox = newMailbox();
  const bufferId = await bufferMail();

  expect(await ask(mailbox, "POST /process", { bufferId })).toEqual(queued);
  expect(await untilAlarm(mailbox)).toBe(100);
  expect(await statusOf(mailbox)).toEqual({ queueLength: 1, digestScheduled: false, nextDigestAt: null });

  await runDurableObjectAlarm(mailbox);
  expect(await rows("webhook_buffer")).toMatchObject([{ id: bufferId, status: "completed" }]);
  expect(await ask(mailbox, "GET /status")).toEqual(
    json({ queueLength: 0, digestScheduled: false, nextDigestAt: null }),
  );
  expect(await untilAlarm(mailbox)).toBeNull();
});

test("a body without a content type is read", async () => {
  const body = new TextEncoder().encode('{"bufferId":"mail-1"}');

  const response = await newMailbox().fetch("https://grove/process", { method: "POST", body });

  expect(await response.text()).toBe('{"success":true,"queued":true}');
});

test("the same mail twice is queued once", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, "mail-1", "mail-2");

  expect(await ask(mailbox, "POST /process", { bufferId: "mail-1" })).toEqual(queued);
  expect((await statusOf(mailbox)).queueLength).toBe(2);
});

test("an alarm takes ten mails, and the next comes a second later", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, ...(await bufferMany(21)));

  await runDurableObjectAlarm(mailbox);
  expect([await rows("emails"), await statusOf(mailbox), await untilAlarm(mailbox)]).toMatchObject([
    { length: 10 },
    { queueLength: 11 },
    1_000,
  ]);

  await runDurableObjectAlarm(mailbox);
  await runDurableObjectAlarm(mailbox);
  expect([await rows("emails"), await statusOf(mailbox), await untilAlarm(mailbox)]).toMatchObject([
    { length: 21 },
    { queueLength: 0 },
    null,
  ]);
});

test("a mail that comes while others wait does not wait for them", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, ...(await bufferMany(11)));
  await runDurableObjectAlarm(mailbox);

  await enqueue(mailbox, await bufferMail());

  expect(await untilAlarm(mailbox)).toBe(100);
});

test("the queue and its length survive an eviction", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, await bufferMail(), await bufferMail());
  await evictDurableObject(mailbox);
  expect((await statusOf(mailbox)).queueLength).toBe(2);
  await evictDurableObject(mailbox);

  await runDurableObjectAlarm(mailbox);

  expect(await rows("emails")).toHaveLength(2);
});

test("a queue of ten thousand is full, but for the mails in it", async () => {
  const mailbox = newMailbox();
  await fill(mailbox, 9_999);

  expect(await ask(mailbox, "POST /process", { bufferId: "mail-10000" })).toEqual(queued);
  expect(await ask(mailbox, "POST /process", { bufferId: "mail-10001" })).toEqual(
    json({ success: false, error: "Queue full" }, 503),
  );
  expect(await ask(mailbox, "POST /process", { bufferId: "mail-10000" })).toEqual(queued);
  expect((await statusOf(mailbox)).queueLength).toBe(10_000);
});

test.for<[string, unknown, Answer]>([
  ["no JSON", "{", notJson],
  ["null", "null", notJson],
  ["a list", [1], notJson],
  ["no id", {}, missing],
  ["an id that is no text", { bufferId: 7 }, missing],
  ["an id that is null", { bufferId: null }, missing],
  ["an empty id", { bufferId: "" }, missing],
  ["an id of 129 characters", { bufferId: "x".repeat(129) }, missing],
])("%s is refused and nothing is queued", async ([, body, answer]) => {
  const mailbox = newMailbox();

  expect(await ask(mailbox, "POST /process", body)).toEqual(answer);
  expect([(await statusOf(mailbox)).queueLength, await untilAlarm(mailbox)]).toEqual([0, null]);
});

test("an id of 128 characters is taken", async () => {
  expect(await ask(newMailbox(), "POST /process", { bufferId: "é".repeat(128) })).toEqual(queued);
});

test("a wrong method is named", async () => {
  const response = await send(newMailbox(), "GET /process");

  expect(response.headers.get("Allow")).toBe("OPTIONS, POST");
  expect([response.status, "application/json", await response.text()]).toEqual(notAllowed);
});

test("a bare wake writes nothing and sets no alarm", async () => {
  const mailbox = newMailbox();
  await ask(mailbox, "GET /status");
  await evictDurableObject(mailbox);
  await ask(mailbox, "GET /status");

  const found = await runInDurableObject(mailbox, (_object, { storage }) => [
    storage.sql.exec("SELECT name FROM sqlite_schema WHERE name = 'loom_alarms' OR name = 'loom_state'").toArray(),
    storage.sql.exec("SELECT * FROM queue").toArray(),
  ]);
  expect([...found, await untilAlarm(mailbox)]).toEqual([[], [], null]);
});
