import { safeJsonParse } from "loom-do";

/** A post or a page as D1 has it; old rows hold what they hold. */
export type TextRow = Readonly<Record<string, unknown>>;

/** A post as Markdown behind its front matter; `image` is the path of its image, if the archive has that. */
export function postText(row: TextRow, image: string | undefined): string {
  return textOf(row, [
    ["title", quoted(row["title"] ?? "")],
    ["description", optional(row["description"])],
    ["slug", quoted(row["slug"])],
    ["tags", tagsOf(row["tags"])],
    ["status", quoted(row["status"] ?? "")],
    ["featured_image", optional(image ?? row["featured_image"])],
    ["published_at", dateOf(row["published_at"])],
    ...datesOf(row),
  ]);
}

/** A page, likewise. */
export function pageText(row: TextRow): string {
  return textOf(row, [
    ["title", quoted(row["title"] ?? "")],
    ["description", optional(row["description"])],
    ["slug", quoted(row["slug"])],
    ["type", quoted(row["type"] ?? "")],
    ...datesOf(row),
  ]);
}

type Line = readonly [key: string, value: string | undefined];

function textOf({ markdown_content }: TextRow, lines: readonly Line[]): string {
  const matter = lines.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${value}\n`);
  return `---\n${matter.join("")}---\n\n${String(markdown_content ?? "")}`;
}

function datesOf(row: TextRow): Line[] {
  return [
    ["created_at", dateOf(row["created_at"])],
    ["updated_at", dateOf(row["updated_at"])],
  ];
}

function optional(value: unknown): string | undefined {
  return value === null || value === undefined || value === "" ? undefined : quoted(value);
}

function tagsOf(json: unknown): string | undefined {
  const tags = safeJsonParse<unknown>(typeof json === "string" ? json : null, null);
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  return texts.length === 0 ? undefined : `[${texts.map(quoted).join(", ")}]`;
}

function dateOf(seconds: unknown): string | undefined {
  const date = new Date(typeof seconds === "number" ? seconds * 1000 : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quoted(value: unknown): string {
  // Besides the page's five: what YAML refuses, or takes for the end of a line.
  const text = String(value).replace(/[\\"\p{Cc}\u2028\u2029]/gu, (character) => {
    return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${text}"`;
}
