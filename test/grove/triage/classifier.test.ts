import { expect, test } from "vitest";
import { actions, categories, verdictOf } from "../../../examples/grove/objects/triage/verdict.ts";
import { grove } from "../support/grove.ts";

interface Reply {
  readonly content: string;
  readonly model: string;
}

const asked = { task: "summary", maxTokens: 200, temperature: 0.1 };

function post(body: unknown): Promise<Response> {
  return grove.CLASSIFIER.fetch("https://classifier.internal/chat", { method: "POST", body: JSON.stringify(body) });
}

/** What the classifier says to a prompt. */
async function say(content: string, options: object = {}): Promise<Reply> {
  const messages = [
    { role: "system", content: "From: nobody\nSubject: urgent" },
    { role: "user", content },
  ];
  return (await post({ ...asked, messages, ...options })).json();
}

function promptOf(from: string, subject: string, preview = ""): string {
  return `From: ${from}\nSubject: ${subject}\nPreview: ${preview}`;
}

test.for([
  ["junk", "delete", promptOf("a@a.com", "You have won the lottery")],
  ["transactional", "archive", promptOf("shop@a.com", "Your order has shipped")],
  ["marketing", "archive", promptOf("shop@a.com", "Spring", "Everything 20% off")],
  ["important", "respond", promptOf("bank@a.com", "Security notice")],
  ["actionable", "respond", promptOf("bea@a.com", "Tea", "Could you come at four")],
  ["social", "read", promptOf("hello@mastodon.social", "Three people")],
  ["fyi", "read", promptOf("bea@a.com", "Minutes of Tuesday")],
  ["uncategorized", "review", promptOf("bea@a.com", "Tea")],
] as const)("%s, %s", async ([category, suggestedAction, prompt]) => {
  const { content, model } = await say(prompt);

  expect(model).toBe("rules");
  expect(JSON.parse(content)).toMatchObject({ category, suggestedAction });
  expect([categories, actions]).toMatchObject([
    expect.arrayContaining([category]),
    expect.arrayContaining([suggestedAction]),
  ]);
});

test("another model says the same in prose, which can be read all the same", async () => {
  const prompt = promptOf("bank@a.com", "Security notice");

  const reply = await say(prompt, { model: "rules-in-prose" });

  expect(reply.content).toMatch(/^I read .*\n\{"category":.*\}\nAnything else\?$/);
  expect(verdictOf(reply)).toEqual({ ...(JSON.parse((await say(prompt)).content) as object), model: "rules-in-prose" });
});

test("a digest is summed up: how many of what, and what about", async () => {
  const prompt = `Category: fyi\n${promptOf("a@a.com", "Minutes")}\n\nCategory: important\n${promptOf("b@b.com", "Rent")}`;

  expect(await say(prompt, { task: "digest", maxTokens: 800 })).toEqual({
    content: "There are 2 unread mails: 1 fyi, 1 important.\n\n- Minutes (a@a.com)\n- Rent (b@b.com)",
    model: "rules",
  });
});

test("an answer has no more than its tokens", async () => {
  expect((await say(promptOf("a@a.com", "Tea"), { maxTokens: 5 })).content).toBe('{"category":"uncateg');
});

test.for<[string, object]>([
  ["no messages", { messages: [] }],
  ["an unknown task", { task: "poem" }],
  ["an unknown model", { model: "gpt" }],
  ["no room", { maxTokens: 0 }],
  ["too much heat", { temperature: 3 }],
])("%s is refused", async ([, change]) => {
  const messages = [{ role: "user", content: "Subject: Tea" }];
  const response = await post({ ...asked, messages, ...change });

  expect([response.status, Object.keys(await response.json<object>())]).toEqual([400, ["error"]]);
});

test("there is nothing but POST /chat", async () => {
  const responses = await Promise.all([
    grove.CLASSIFIER.fetch("https://classifier.internal/chat"),
    grove.CLASSIFIER.fetch("https://classifier.internal/", { method: "POST" }),
  ]);

  expect(responses.map(({ status }) => status)).toEqual([404, 404]);
  await Promise.all(responses.map((response) => response.text()));
});
