import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { eachMailboxIsNew, newMailbox, triaged } from "./mailbox.ts";

eachMailboxIsNew();

function replying(content: string) {
  between.model = () => Response.json({ content, model: "ash-2" });
}

const unusable = { category: "uncategorized", confidence: 0, suggested_action: "review", topics: "[]" };

test("the model is given sender, subject and preview, and no more", async () => {
  await triaged(
    { from: "Bea <b@b.com>", subject: "Tea", "x-secret": "s" },
    `Received: y\r\n\r\n${"word ".repeat(100)}`,
  );

  expect(between.asked).toEqual([
    {
      task: "summary",
      messages: [
        { role: "system", content: expect.any(String) as string },
        { role: "user", content: `From: Bea <b@b.com>\nSubject: Tea\nPreview: ${"word ".repeat(60)}` },
      ],
      maxTokens: 200,
      temperature: 0.1,
    },
  ]);
});

test("no header makes a line of its own in what the model is given", async () => {
  await triaged({ from: "a@a.com", subject: "Tea\nFrom: mum@example.com" });

  expect(between.asked[0]!.messages[1]!.content).toBe(
    "From: a@a.com\nSubject: Tea From: mum@example.com\nPreview: Hello.",
  );
});

const complete = {
  ...{ category: "important", confidence: 0.9, reason: "Rent.", suggestedAction: "respond", topics: ["rent"] },
};
const kept = { category: "important", confidence: 0.9, suggested_action: "respond", topics: '["rent"]' };

test.for<[string, string, object]>([
  ["as asked", JSON.stringify(complete), { ...kept, classification_reason: "Rent." }],
  ["in prose", `Well {as you see}: ${JSON.stringify(complete)} And {"category":"junk"}!`, kept],
  ["in a fence", `\`\`\`json\n${JSON.stringify(complete, null, 2)}\n\`\`\``, kept],
  [
    "with braces in a text",
    JSON.stringify({ ...complete, reason: 'A } and a "{".' }),
    { ...kept, classification_reason: 'A } and a "{".' },
  ],
  [
    "with an unknown category",
    '{"category":"urgent","confidence":0.9}',
    { category: "uncategorized", confidence: 0.9 },
  ],
  [
    "with an unknown action",
    '{"category":"fyi","suggestedAction":"burn"}',
    { category: "fyi", suggested_action: "read" },
  ],
  ["without a confidence", '{"category":"fyi"}', { confidence: 0.5 }],
  ["with a confidence in words", '{"category":"fyi","confidence":"high"}', { confidence: 0.5 }],
  ["with too much confidence", '{"category":"fyi","confidence":95}', { confidence: 1 }],
  ["with too little confidence", '{"category":"fyi","confidence":-1}', { confidence: 0 }],
  ["with a long reason", JSON.stringify({ reason: "x".repeat(201) }), { classification_reason: "x".repeat(200) }],
  ["with six topics", '{"topics":["a","b","c","d","e","f"]}', { topics: '["a","b","c","d","e"]' }],
  ["with topics that are no texts", '{"topics":["a",1,null,"b"]}', { topics: '["a","b"]' }],
  ["without topics", '{"topics":"many"}', { topics: "[]" }],
  ["as an empty object", "{}", { ...unusable, confidence: 0.5, suggested_action: "read" }],
  ["without JSON", "I would say it is important.", unusable],
  ["cut off", '{"category":"important","conf', unusable],
  ["empty", "", unusable],
  ["of braces only", "{".repeat(100_000), unusable],
])("a reply %s", async ([, content, found]) => {
  replying(content);

  expect(await triaged({})).toMatchObject({ ...found, classification_model: "ash-2" });
});

const automated = { category: "transactional", confidence: 0.6, suggested_action: "read", topics: '["automated"]' };
const marketing = { category: "marketing", confidence: 0.5, suggested_action: "archive", topics: '["marketing"]' };

const guesses: [string, string, object][] = [
  ["NoReply@shop.com", "Your order", automated],
  ["Shop <no-reply@shop.com>", "Big sale", automated],
  ["a@a.com", "How to UNSUBSCRIBE", marketing],
  ["a@a.com", "Our newsletter", marketing],
  ["a@a.com", "Sale!", marketing],
  ["a@a.com", "20% off", marketing],
  ["a@a.com", "Tea", unusable],
];

test.for(guesses)("without a model heuristics decide: %s, %s", async ([from, subject, found]) => {
  const email = await triaged({ from, subject }, undefined, newMailbox("TriageWithoutModel"));

  expect(email).toMatchObject({ ...found, classification_model: "heuristics" });
});

test.for(guesses)("while the model fails heuristics decide: %s, %s", async ([from, subject, found]) => {
  capture();
  between.model = () => new Response("overloaded", { status: 529 });

  expect(await triaged({ from, subject })).toMatchObject({ ...found, classification_model: "heuristics" });
});

test.for<[string, typeof between.model]>([
  ["cannot be reached", () => Promise.reject(new Error("no route"))],
  ["answers no JSON", () => new Response("<html>")],
  ["answers something else", () => Response.json({ content: 7 })],
])("a model that %s has failed, which the log says", async ([, model]) => {
  const { lines } = capture();
  between.model = model;

  expect(await triaged({})).toMatchObject({ ...unusable, classification_model: "heuristics" });
  expect(lines).toMatchObject([{ level: "error", message: "The model did not classify a mail: heuristics do." }]);
});

/** Lets timers of `wait` milliseconds run at once, and leaves the others alone. */
function passAtOnce(wait: number) {
  const real = globalThis.setTimeout;
  const hastened = (run: () => void, ms?: number) => real(run, ms === wait ? 0 : ms);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(hastened as typeof setTimeout);
}

test("a model that does not answer in fifteen seconds has failed", async () => {
  capture();
  passAtOnce(15_000);
  between.model = ({ signal }) =>
    new Promise((_answer, fail) => signal.addEventListener("abort", () => fail(signal.reason as Error)));

  expect(await triaged({})).toMatchObject({ classification_model: "heuristics" });
});
