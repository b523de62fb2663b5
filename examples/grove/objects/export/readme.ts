import type { ExportCounts } from "../../types.ts";

interface Contents {
  readonly username: string;
  readonly startedAt: number;
  readonly includeImages: boolean;
  readonly counts: ExportCounts;
  readonly skippedImages: readonly string[];
}

/** What README.md says. */
export function readmeOf({ username, startedAt, includeImages, counts, skippedImages }: Contents): string {
  const images = includeImages
    ? `- \`images/\`: ${counted(counts.images, "image")}`
    : "- Images are not part of this export.";
  return `# Grove export of ${oneLine(username)}

Made on ${new Date(startedAt).toISOString().slice(0, 10)}.

## What is inside

- \`blooms/\`: ${counted(counts.posts, "post")}, drafts included
- \`pages/\`: ${counted(counts.pages, "page")}
${images}
${skippedNote(skippedImages)}
## How to use it

Every post and page is a Markdown file that begins with its front matter in YAML: title, slug, dates and so on. Most
site generators and editors read such files as they are. Where a post's featured image is in \`images/\`, its front
matter has that path; links inside the text are as you wrote them.

## Ownership

What you wrote and uploaded is yours. Take it wherever you like.
`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function skippedNote(names: readonly string[]): string {
  if (names.length === 0) return "";
  const list = names.map((name) => `- ${name}\n`).join("");
  return `\n## Skipped images\n\nThese could not be read, or are too large for an export:\n\n${list}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
