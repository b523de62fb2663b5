import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { lineAt } from "../blocks.ts";
import type { Step } from "./line.ts";

const fenced = /^```sh\n(?<body>[\s\S]*?)^```$/gm;

/** The blocks of a page with curl lines. What a line is answered with follows it, as comments. */
export function curlSteps(page: string, text: string): Step[] {
  return [...text.matchAll(fenced)].map(({ index: at, groups }) => {
    const first = lineAt(text, at) + 1;
    const rows = groups!["body"]!.split("\n");
    const all = rows.map((code, nth) => ({
      place: `${page}:${first + nth}`,
      code,
      said: answerIn(rows.slice(nth + 1)),
    }));
    const lines = all.filter(({ code }) => code.startsWith("curl "));
    return { at, lines, run: (port) => pasteAll(lines, port) };
  });
}

function answerIn(rows: readonly string[]): string | undefined {
  const comments = rows.slice(
    0,
    rows.findIndex((row) => !row.startsWith("#")),
  );
  return comments.length > 0 ? comments.map((row) => row.replace(/^# ?/, "")).join("\n") : undefined;
}

async function pasteAll(lines: Step["lines"], port: number): Promise<string[]> {
  const printed = [];
  for (const { code } of lines) printed.push(await paste(code.replaceAll(":8787", `:${port}`)));
  return printed;
}

/** What a curl line prints, pasted into a shell. */
async function paste(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-c", line.replace("curl ", "curl --silent --show-error ")]);
  return stdout.replaceAll("\r\n", "\n").replace(/\n$/, "");
}
