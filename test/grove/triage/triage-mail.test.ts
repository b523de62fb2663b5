import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { grove } from "../support/grove.ts";
import { buffer, bufferMail, eachMailboxIsNew, enqueue, insert, newMailbox, now, rows, triaged } from "./mailbox.ts";

eachMailboxIsNew();

const at = new Date(now).toISOString();

function envelope({ encrypted_envelope }: Record<string, unknown>) {
  return JSON.parse(encrypted_envelope as string) as Record<string, unknown>;
}

async function filter(type: string, match_type: string, pattern: string | null): Promise<void> {
  await insert("triage_filters", { id: crypto.randomUUID(), type, match_type, pattern });
}

test("a mail is stored with its envelope, what it is taken for, and its text in R2", async () => {
  const raw = "From: bea@example.com\r\nSubject: Tea\r\n\r\n<p>Could you <b>come</b>?</p>\r\n  At four.";
  const headers = { from: "Bea <bea@example.com>", subject: "Tea", date: "Tue, 15 Jan 2030 09:30:00 +0100" };

  const email = await triaged(headers, raw);

  expect(email).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    user_id: "ada",
    encrypted_envelope: JSON.stringify({
      ...{ from: "Bea <bea@example.com>", to: ["ada@grove.place"], subject: "Tea" },
      ...{ snippet: "Could you come ? At four.", date: "2030-01-15T08:30:00.000Z", labels: ["inbox"] },
    }),
    r2_content_key: `emails/ada/${email["id"] as string}`,
    is_draft: 0,
    category: "actionable",
    confidence: 0.75,
    suggested_action: "respond",
    topics: '["question"]',
    classification_model: "rules",
    classification_reason: "It asks for something.",
    classified_at: at,
    is_read: 0,
    original_sender: "Bea <bea@example.com>",
    created_at: at,
  });
  expect(await (await grove.IVY_R2.get(email["r2_content_key"] as string))?.text()).toBe(raw);
  expect(await rows("webhook_buffer")).toMatchObject([
    { status: "completed", processed_at: at, retry_count: 0, error_message: null },
  ]);
});

test.for([
  [{ "X-Original-From": "a@a.com", From: "b@b.com", "Reply-To": "c@c.com" }, "a@a.com"],
  [{ "x-original-from": "", FROM: "b@b.com", "reply-to": "c@c.com" }, "b@b.com"],
  [{ "REPLY-TO": "c@c.com" }, "c@c.com"],
  [{}, "unknown@unknown.com"],
  [{ from: 7 }, "unknown@unknown.com"],
] as const)("the sender of %j is %s", async ([headers, sender]) => {
  const email = await triaged(headers);

  expect([envelope(email)["from"], email["original_sender"]]).toEqual([sender, sender]);
});

test.for([
  [{ SUBJECT: "Tea" }, "Tea"],
  [{ subject: "" }, "No subject"],
  [{}, "No subject"],
  [{ subject: "Tea\r\n at four" }, "Tea at four"],
] as const)("the subject of %j is %j", async ([headers, subject]) => {
  expect(envelope(await triaged(headers))["subject"]).toBe(subject);
});

test.for([
  ["text after the first blank line", "a: b\r\n\r\nHello\r\n\r\nthere", "Hello there"],
  ["tags are spaces", "a: b\r\n\r\n<h1>Hello</h1><br/>there<a href='x'>!</a>", "Hello there !"],
  ["whitespace is collapsed", "a: b\r\n\r\n \t Hello \r\n  there  ", "Hello there"],
  ["300 characters", `a: b\r\n\r\n${"x".repeat(301)}`, "x".repeat(300)],
  ["bare line feeds", "a: b\n\nHello", "Hello"],
  ["no blank line", "a: b", ""],
  ["brackets that never close", `a: b\r\n\r\n${"<".repeat(1_000_000)}`, "<".repeat(300)],
] as const)("the snippet: %s", async ([, raw, snippet]) => {
  expect(envelope(await triaged({}, raw))["snippet"]).toBe(snippet);
});

test.for([
  ["Tue, 15 Jan 2030 09:30:00 +0100", "2030-01-15T08:30:00.000Z"],
  ["yesterday", "2030-01-15T08:59:00.000Z"],
] as const)("a mail of %s is dated %s", async ([date, iso]) => {
  expect(envelope(await triaged({ date }))["date"]).toBe(iso);
});

test("a payload without a text is itself what R2 gets, and a mail without a user is the owner's", async () => {
  const mailbox = grove.TRIAGE.getByName("triage:owner");
  const payload = '{"headers":{"from":"a@a.com"}}';
  await enqueue(mailbox, await buffer(payload, { user_id: null }));

  await runDurableObjectAlarm(mailbox);

  const [email] = await rows<Record<string, string>>("emails");
  expect(email).toMatchObject({ user_id: "owner", r2_content_key: `emails/owner/${email!["id"]}` });
  expect(await (await grove.IVY_R2.get(email!["r2_content_key"]!))?.text()).toBe(payload);
});

test("no user's mails are among another's in R2", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, await buffer({ headers: {} }, { user_id: "ada/../bea" }));

  await runDurableObjectAlarm(mailbox);

  expect((await rows("emails"))[0]!["r2_content_key"]).toMatch(/^emails\/ada%2F\.\.%2Fbea\/[0-9a-f]{32}$/);
});

test.for(["completed", "failed"])("a mail that is %s is left alone", async (status) => {
  const mailbox = newMailbox();
  await enqueue(mailbox, await buffer({ headers: {} }, { status }));

  await runDurableObjectAlarm(mailbox);

  expect([await rows("emails"), await rows("webhook_buffer")]).toMatchObject([[], [{ status }]]);
});

test("a mail that is not in the buffer is skipped, and the next is not", async () => {
  const mailbox = newMailbox();
  await enqueue(mailbox, "nothing", await bufferMail());

  await runDurableObjectAlarm(mailbox);

  expect(await rows("emails")).toHaveLength(1);
});

test.for(["no JSON", "[]", "null", '"text"'])("a payload that is no object fails at once: %s", async (payload) => {
  const mailbox = newMailbox();
  capture();
  await enqueue(mailbox, await buffer(payload));

  await runDurableObjectAlarm(mailbox);

  expect(await rows("webhook_buffer")).toMatchObject([
    { status: "failed", error_message: "UnreadableMail: The payload is no JSON object.", processed_at: at },
  ]);
  expect(await rows("emails")).toEqual([]);
});

test.for([
  ["instagram.com", "x@instagram.com"],
  ["facebook.com", "x@facebook.com"],
  ["facebookmail.com", "x@facebookmail.com"],
  ["linkedin.com", "x@e.linkedin.com"],
  ["x.com", "x@x.com"],
  ["tiktok.com", "x@TikTok.com"],
  ["pinterest.com", "x@mail.eu.pinterest.com"],
  ["noreply.github.com", "x@noreply.github.com"],
] as const)("%s is blocked without a word to the model", async ([, from]) => {
  expect(await triaged({ from })).toMatchObject({
    ...{ category: "junk", confidence: 1, suggested_action: "delete", topics: "[]" },
    classification_model: "filter",
  });
  expect(between.asked).toEqual([]);
});

test.for(["x@notinstagram.com", "x@instagram.com.evil.com", "instagram.com@a.com", "x@github.com"])(
  "%s is not blocked",
  async (from) => {
    await triaged({ from });

    expect(between.asked).toHaveLength(1);
  },
);

test.for([
  ["exact", "Bea@Example.com", "bea@example.com", true],
  ["exact", "example.com", "bea@example.com", false],
  ["domain", "example.COM", "bea@mail.example.com", true],
  ["domain", "example.com", "bea@myexample.com", false],
  ["contains", "A@EXAM", "bea@example.com", true],
  ["contains", "bea@example.com", "bea@example.com <eve@evil.com>", false],
  ["contains", "", "bea@example.com", false],
  ["contains", " ", "bea@example.com", false],
  ["contains", null, "bea@example.com", false],
  ["anything", "bea@example.com", "bea@example.com", false],
] as const)("a blocklist's %s %s for %s: %s", async ([matchType, pattern, from, isBlocked]) => {
  await filter("blocklist", matchType, pattern);

  expect((await triaged({ from }))["category"] === "junk").toBe(isBlocked);
});

test("what the allowlist has is stored unclassified, whatever the blocklist says", async () => {
  await filter("blocklist", "exact", "bea@instagram.com");
  await filter("allowlist", "domain", "instagram.com");

  expect(await triaged({ from: "bea@instagram.com" })).toMatchObject({
    ...{ category: "uncategorized", confidence: 0, suggested_action: "read", classification_model: "filter" },
  });
  expect(between.asked).toEqual([]);
});
