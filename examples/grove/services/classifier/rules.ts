/** What is read of a mail: who wrote, about what, how it begins. */
interface Reading {
  readonly from: string;
  readonly subject: string;
  readonly preview: string;
}

interface Rule {
  readonly category: string;
  readonly suggestedAction: string;
  readonly confidence: number;
  readonly topic: string;
  /** What makes it this rule's, in one sentence. */
  readonly reason: string;
  readonly fits: (reading: Reading) => boolean;
}

// The first that fits decides.
const rules: readonly Rule[] = [
  {
    ...{ category: "junk", suggestedAction: "delete", confidence: 0.9, topic: "spam" },
    reason: "It promises money to a stranger.",
    fits: ({ subject, preview }) => /lottery|inheritance|you have won|crypto giveaway/i.test(`${subject} ${preview}`),
  },
  {
    ...{ category: "transactional", suggestedAction: "archive", confidence: 0.85, topic: "purchase" },
    reason: "It confirms something that was bought or sent.",
    fits: ({ subject }) => /\b(receipt|invoice|order|payment|shipped|delivery|booking)\b/i.test(subject),
  },
  {
    ...{ category: "marketing", suggestedAction: "archive", confidence: 0.8, topic: "offers" },
    reason: "It wants to sell something.",
    fits: ({ subject, preview }) => /newsletter|unsubscribe|\bsale\b|% off/i.test(`${subject} ${preview}`),
  },
  {
    ...{ category: "important", suggestedAction: "respond", confidence: 0.85, topic: "urgent" },
    reason: "It says that it cannot wait.",
    fits: ({ subject, preview }) => /\b(urgent|asap|security|overdue|deadline)\b/i.test(`${subject} ${preview}`),
  },
  {
    ...{ category: "actionable", suggestedAction: "respond", confidence: 0.75, topic: "question" },
    reason: "It asks for something.",
    fits: ({ subject, preview }) =>
      /\?|\b(could|can|would) you\b|please (reply|confirm|review)/i.test(`${subject} ${preview}`),
  },
  {
    ...{ category: "social", suggestedAction: "read", confidence: 0.7, topic: "people" },
    reason: "It comes from a place where people meet.",
    fits: ({ from, subject }) =>
      /mastodon|bluesky|meetup|reddit/i.test(from) || /\b(invited|followed|mentioned) you\b/i.test(subject),
  },
  {
    ...{ category: "fyi", suggestedAction: "read", confidence: 0.6, topic: "notice" },
    reason: "It tells something and asks for nothing.",
    fits: ({ subject }) => /\b(update|notice|report|minutes|reminder|fyi)\b/i.test(subject),
  },
];

/** What the mail in a prompt of `From:`, `Subject:` and `Preview:` is taken for. */
export function read(prompt: string) {
  const reading = readingOf(prompt);
  const rule = rules.find(({ fits }) => fits(reading));
  if (!rule)
    return {
      category: "uncategorized",
      confidence: 0.3,
      reason: "No rule knows it.",
      suggestedAction: "review",
      topics: [],
    };
  const { category, confidence, reason, suggestedAction, topic } = rule;
  return { category, confidence, reason, suggestedAction, topics: [topic] };
}

/** A few sentences about mails, each a block of lines with its category. */
export function summedUp(prompt: string): string {
  const mails = prompt.split(/\n{2,}/).filter((block) => block.includes("Subject:"));
  const groups = Map.groupBy(mails, (mail) => lineOf(mail, "Category") || "other");
  const counts = [...groups].map(([category, group]) => `${group.length} ${category}`);
  const lines = mails.map((mail) => `- ${lineOf(mail, "Subject")} (${lineOf(mail, "From")})`);
  return `There are ${mails.length} unread mails: ${counts.join(", ")}.\n\n${lines.join("\n")}`;
}

function readingOf(prompt: string): Reading {
  return { from: lineOf(prompt, "From"), subject: lineOf(prompt, "Subject"), preview: lineOf(prompt, "Preview") };
}

function lineOf(text: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, "m").exec(text)?.[1] ?? "";
}
