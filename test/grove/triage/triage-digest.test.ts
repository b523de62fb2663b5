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

test("a digest of the unread mails is sent, logged, and remembered", async () => {
  const recipient = await settle();
  await unread();
  await unread({ category: "important" }, { subject: "Rent" });

  expect(await ask(newMailbox(), "POST /digest", { manual: true })).toEqual(success);

  expect(await sentTo(recipient)).toEqual([
    {
      messageId: `digest-${now}`,
      ...{ type: "transactional", template: "raw", to: recipient, subject: "🌿 Ivy Digest — 2 emails" },
      html:
        "<p>There are 2 unread mails: 1 important, 1 fyi.</p>\n" +
        "<p>- Rent (Bea &#60;bea@example.com&#62;)<br>- Tea (Bea &#60;bea@example.com&#62;)</p>",
      ...{ from: "ivy@grove.place", fromName: "Ivy Digest" },
    },
  ]);
  expect(await rows("digest_log")).toEqual([
    {
      ...{ id: `digest-${now}`, sent_at: at, recipient, email_count: 2, categories: '{"important":1,"fyi":1}' },
      ...{ zephyr_message_id: `digest-${now}`, digest_type: "scheduled" },
    },
  ]);
  expect(await rows("settings")).toMatchObject([{ last_digest_at: at }]);
});

test("the mailer is given its key, and the digest's id against a second mail", async () => {
  await settle();
  await unread();
  const seen: Request[] = [];
  between.mailer = (request) => {
    seen.push(request);
    return Response.json({ success: true, messageId: "m-1" });
  };

  await ask(newMailbox(), "POST /digest");

  const [request] = seen;
  expect([request!.method, request!.url]).toEqual(["POST", "https://zephyr.internal/send"]);
  expect(request!.headers.get("X-API-Key")).toBe("a key");
  expect(request!.headers.get("Idempotency-Key")).toBe(`digest-${now}`);
  expect(await rows("digest_log")).toMatchObject([{ zephyr_message_id: "m-1" }]);
});

test.for(["{", "null", "", "[]"])("the body of POST /digest does not matter: %j", async (body) => {
  expect(await ask(newMailbox(), "POST /digest", body)).toEqual(success);
});

test.for<[string, object]>([
  ["it is off", { digest_enabled: 0 }],
  ["nobody said whether it is on", { digest_enabled: null }],
  ["it has no recipient", { digest_recipient: null }],
  ["its recipient is empty", { digest_recipient: "" }],
])("no digest is sent while %s", async ([, columns]) => {
  const recipient = await settle(columns as Record<string, unknown>);
  await unread();

  expect(await ask(newMailbox(), "POST /digest")).toEqual(success);
  expect([await sentTo(recipient), await rows("digest_log")]).toEqual([[], []]);
});

test("no digest is sent without settings", async () => {
  await unread();

  expect(await ask(newMailbox(), "POST /digest")).toEqual(success);
  expect(await rows("digest_log")).toEqual([]);
});

test.for<[string, object, object]>([
  ["read", { is_read: 1 }, {}],
  ["junk", { category: "junk" }, {}],
  ["drafts", { is_draft: 1 }, {}],
  ["older than the last digest", {}, { last_digest_at: new Date(now - minute).toISOString() }],
])("mails that are %s are in no digest", async ([, columns, settings]) => {
  await settle(settings as Record<string, unknown>);
  await unread(columns as Record<string, unknown>);
  const [before] = await rows("settings");

  expect(await ask(newMailbox(), "POST /digest")).toEqual(success);
  expect([await rows("digest_log"), await rows("settings")]).toEqual([[], [before]]);
});

test("mails come by category, then the newest first", async () => {
  await settle();
  const order = ["important", "actionable", "fyi", "transactional", "social", "marketing", "uncategorized"];
  await Promise.all(order.toReversed().map((category) => unread({ category }, { subject: category })));
  await unread({ category: "fyi", created_at: new Date(now - 1).toISOString() }, { subject: "newer" });
  await unread({ category: null }, { subject: "unheard of" });

  await ask(newMailbox(), "POST /digest");

  const { content } = between.asked[0]!.messages[1]!;
  const subjects = [...content.matchAll(/Subject: (.*)/g)].map(([, subject]) => subject);
  expect(subjects).toEqual([...order.slice(0, 2), "newer", ...order.slice(2), "unheard of"]);
  expect(await rows("digest_log")).toMatchObject([
    {
      categories: JSON.stringify({
        ...{
          important: 1,
          actionable: 1,
          fyi: 2,
          transactional: 1,
          social: 1,
          marketing: 1,
          uncategorized: 1,
          other: 1,
        },
      }),
    },
  ]);
});

test("a digest has a hundred mails at most", async () => {
  const recipient = await settle();
  await Promise.all(Array.from({ length: 101 }, () => unread()));

  await ask(newMailbox(), "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ subject: "🌿 Ivy Digest — 100 emails" }]);
  expect(await rows("digest_log")).toMatchObject([{ email_count: 100, categories: '{"fyi":100}' }]);
});

test("the model is given what the envelopes say, and 800 tokens", async () => {
  await settle();
  await unread();

  await ask(newMailbox(), "POST /digest");

  expect(between.asked).toMatchObject([
    {
      ...{ task: "digest", maxTokens: 800, temperature: 0.4 },
      messages: [
        { role: "system" },
        { role: "user", content: "Category: fyi\nFrom: Bea <bea@example.com>\nSubject: Tea\nPreview: At four?" },
      ],
    },
  ]);
});

const list =
  "<h2>important (1)</h2>\n<ul>\n<li><strong>Rent</strong>, Bea &#60;bea@example.com&#62;<br>At four?</li>\n</ul>\n" +
  "<h2>fyi (1)</h2>\n<ul>\n<li><strong>Tea</strong>, Bea &#60;bea@example.com&#62;<br>At four?</li>\n</ul>";

test("without a model the digest lists the mails", async () => {
  const recipient = await settle();
  await unread();
  await unread({ category: "important" }, { subject: "Rent" });

  await ask(newMailbox("TriageWithoutModel"), "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ html: list }]);
});

test.for<[string, () => Response]>([
  ["fails", () => new Response(null, { status: 500 })],
  ["has nothing to say", () => Response.json({ content: " \n", model: "ash-2" })],
])("where the model %s the digest lists the mails", async ([, model]) => {
  capture();
  const recipient = await settle();
  await unread();
  await unread({ category: "important" }, { subject: "Rent" });
  between.model = model;

  await ask(newMailbox(), "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ html: list }]);
});

test("the list has ten mails a group, and counts the others", async () => {
  const recipient = await settle();
  await Promise.all(Array.from({ length: 12 }, () => unread()));

  await ask(newMailbox("TriageWithoutModel"), "POST /digest");

  const { html } = (await sentTo(recipient))[0]!;
  expect(html.match(/<li>/g)).toHaveLength(10);
  expect(html).toMatch(/<\/ul>\n<p>and 2 more<\/p>$/);
});

test.for(["TriageWithoutModel", "TriageAmidFailures"])("what mails say is escaped: %s", async (binding) => {
  const recipient = await settle();
  const evil = `<img src=x onerror="alert('&')">`;
  await unread({}, { from: evil, subject: evil, snippet: evil });

  await ask(newMailbox(binding), "POST /digest");

  const { html } = (await sentTo(recipient))[0]!;
  expect(html).toContain("&#60;img src=x onerror=&#34;alert(&#39;&#38;&#39;)&#34;&#62;");
  expect(html).not.toContain("<img");
});

test("one mail is an email", async () => {
  const recipient = await settle();
  await unread();

  await ask(newMailbox(), "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ subject: "🌿 Ivy Digest — 1 email" }]);
});

test("an envelope that cannot be read is shown empty", async () => {
  const recipient = await settle();
  await unread({ encrypted_envelope: "{" });

  await ask(newMailbox("TriageWithoutModel"), "POST /digest");

  expect(await sentTo(recipient)).toMatchObject([{ html: expect.stringContaining("<li>") as string }]);
});

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
