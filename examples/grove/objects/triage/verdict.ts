import { z } from "zod";
import type { ChatReply } from "./model.ts";
import type { Classification, MailAction, MailCategory } from "../../types.ts";

export const categories = [
  "important",
  "actionable",
  "fyi",
  "social",
  "marketing",
  "transactional",
  "junk",
  "uncategorized",
] as const satisfies readonly MailCategory[];

export const actions = ["respond", "read", "archive", "delete", "review"] as const satisfies readonly MailAction[];

// More than the tokens it may have.
const longestReply = 2_000;

const Verdict = z.object({
  category: z.enum(categories).catch("uncategorized"),
  confidence: z
    .number()
    .catch(0.5)
    .transform((confidence) => Math.min(Math.max(confidence, 0), 1)),
  suggestedAction: z.enum(actions).catch("read"),
  topics: z
    .array(z.unknown())
    .catch([])
    .transform((topics) => topics.filter((topic) => typeof topic === "string").slice(0, 5)),
  reason: z
    .string()
    .catch("")
    .transform((reason) => reason.slice(0, 200)),
});

/** What a model's reply says of a mail, whatever is said around it. */
export function verdictOf({ content, model }: ChatReply): Classification {
  const found = firstObject(content.slice(0, longestReply));
  return found === undefined ? { ...unsure, model } : { ...Verdict.parse(found), model };
}

/** Of what nothing is known. */
export const unsure = {
  category: "uncategorized",
  confidence: 0,
  suggestedAction: "review",
  topics: [],
  reason: "",
} as const;

/** The first `{…}` of a text that is JSON. */
function firstObject(text: string): unknown {
  for (let start = text.indexOf("{"); start >= 0; start = text.indexOf("{", start + 1)) {
    try {
      return JSON.parse(text.slice(start, endOf(text, start)));
    } catch {
      // Braces of a sentence: look for the next.
    }
  }
  return undefined;
}

/** Where the object that begins at `start` ends, a brace in a string not counted. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (const { 0: token, index } of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === "{") depth += 1;
    if (token === "}") depth -= 1;
    if (depth === 0) return start + index + 1;
  }
  return text.length;
}
