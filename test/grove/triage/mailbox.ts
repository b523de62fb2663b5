import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, vi } from "vitest";
import type { TriageStatus } from "../../../examples/grove/types.ts";
import { clearBetween } from "../../fixtures/grove/triage.ts";
import { ask, data, grove } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";

/** The time of every test, years ahead, so that no alarm comes by itself. */
export const now = Date.UTC(2030, 0, 15, 9);

export const minute = 60_000;

const tables = ["webhook_buffer", "emails", "triage_filters", "settings", "digest_log"];

/** An empty database, a clock that stands still, and bindings that work, before each test of the file. */
export function eachMailboxIsNew(): void {
  beforeAll(prepareDatabase);

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now });
    clearBetween();
    await grove.IVY_DB.batch(tables.map((table) => grove.IVY_DB.prepare(`DELETE FROM ivy_${table}`)));
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

export function newMailbox(binding = "TriageAmidFailures"): DurableObjectStub {
  return grove[binding]!.getByName(`triage:${crypto.randomUUID()}`);
}

/** Puts a row into a table of D1. */
export async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(row);
  const query = `INSERT INTO ivy_${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  await grove.IVY_DB.prepare(query)
    .bind(...Object.values(row))
    .run();
}

/** All rows of a table of D1. */
export async function rows<Row = Record<string, unknown>>(table: string): Promise<Row[]> {
  return (await grove.IVY_DB.prepare(`SELECT * FROM ivy_${table} ORDER BY rowid`).all<Row>()).results;
}

/** Puts a payload into D1's buffer, as a webhook does: its id. */
export async function buffer(payload: unknown, columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = crypto.randomUUID();
  const raw_payload = typeof payload === "string" ? payload : JSON.stringify(payload);
  await insert("webhook_buffer", {
    id,
    user_id: "ada",
    raw_payload,
    received_at: "2030-01-15T08:59:00.000Z",
    ...columns,
  });
  return id;
}

/** Buffers a mail. */
export function bufferMail(headers: object = {}, raw = "Subject: x\r\n\r\nHello."): Promise<string> {
  return buffer({ raw, headers, recipients: ["ada@grove.place"] });
}

export async function enqueue(mailbox: DurableObjectStub, ...ids: readonly string[]): Promise<void> {
  for (const bufferId of ids) await ask(mailbox, "POST /process", { bufferId });
}

/** Has a mail buffered, queued and triaged: its row in D1. */
export async function triaged(headers: object, raw?: string, mailbox = newMailbox()) {
  await enqueue(mailbox, await bufferMail(headers, raw));
  await runDurableObjectAlarm(mailbox);
  return (await rows("emails")).at(-1)!;
}

/** Settings of a digest with a recipient that no other test has: the recipient. */
export async function settle(columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const digest_recipient = `${crypto.randomUUID()}@example.com`;
  const times = { digest_times: '["08:00","18:00"]', digest_timezone: "Europe/Berlin", digest_enabled: 1 };
  await insert("settings", { user_id: "ada", digest_recipient, ...times, ...columns });
  return digest_recipient;
}

/** Puts an unread mail into D1. */
export async function unread(columns: Readonly<Record<string, unknown>> = {}, envelope: object = {}): Promise<void> {
  const shown = {
    from: "Bea <bea@example.com>",
    to: [],
    subject: "Tea",
    snippet: "At four?",
    labels: ["inbox"],
    ...envelope,
  };
  await insert("emails", {
    ...{ id: crypto.randomUUID(), user_id: "ada", encrypted_envelope: JSON.stringify(shown), category: "fyi" },
    ...{ is_draft: 0, is_read: 0, created_at: new Date(now - minute).toISOString(), ...columns },
  });
}

interface SentMail {
  readonly messageId: string;
  readonly subject: string;
  readonly html: string;
}

/** The mails that the mailer has sent to a recipient. */
export async function sentTo(recipient: string): Promise<SentMail[]> {
  const headers = { "X-API-Key": "a key" };
  const response = await grove.ZEPHYR.fetch(`https://zephyr.internal/sent?to=${recipient}`, { headers });
  return response.json();
}

export async function statusOf(mailbox: DurableObjectStub): Promise<TriageStatus> {
  return data(await ask(mailbox, "GET /status"));
}

/** How long until the object's alarm, in ms; null without one. */
export function untilAlarm(mailbox: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(mailbox, async (_object, { storage }) => {
    const time = await storage.getAlarm();
    return time && time - Date.now();
  });
}

/** Runs the object's alarm more often than an alarm is tried as a rule. */
export async function runEightTimes(mailbox: DurableObjectStub): Promise<void> {
  for (let run = 0; run < 8; run += 1) await runDurableObjectAlarm(mailbox);
}
