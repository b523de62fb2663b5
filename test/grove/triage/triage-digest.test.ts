import { expect, test } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { ask, json } from "../support/grove.ts";
import { eachMailboxIsNew, minute, newMailbox, now, rows, sentTo, settle, unread } from "./mailbox.ts";

eachMailboxIsNew();

const success = json({ success: true });
const at = new Date(now).toISOString();

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

test.for([null, "{", "null", "[]", '{"from":7}'])(
  "an envelope that cannot be read is shown empty: %j",
  async (envelope) => {
    const recipient = await settle();
    await unread({ encrypted_envelope: envelope });

    await ask(newMailbox("TriageWithoutModel"), "POST /digest");

    expect((await sentTo(recipient))[0]!.html).toContain("<li><strong></strong>, <br></li>");
  },
);
