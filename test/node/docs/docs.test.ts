import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf } from "./blocks.ts";

// Inside the repository, where tsconfig.json and node_modules answer for the imports.
const directory = join(import.meta.dirname, ".blocks");
const pages = ["README.md", ...globSync("{docs,examples}/**/*.md")].filter((page) => existsSync(page));
const blocks = pages.flatMap((page) => blocksOf(page, readFileSync(page, "utf8")));
let errors: string[];

beforeAll(async () => {
  mkdirSync(directory, { recursive: true });
  for (const { file, code } of blocks) writeFileSync(join(directory, file), code);
  errors = (await tsc("test/node/docs")).split("\n").filter((line) => line.includes(": error TS"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.for(blocks)("the block at $place compiles", ({ file }) => {
  expect(errorsIn(`.blocks/${file}`)).toEqual([]);
});

test("the design's sample compiles", () => {
  expect(errorsIn("design-sample.ts")).toEqual([]);
});

test("a block is read with its prelude and the line it starts at", () => {
  const page = "# Title\n\n<!-- prelude\ndeclare const rates: number[];\n-->\n\n```ts\nrates.push(1);\n```\n";

  expect(blocksOf("page.md", page)).toEqual([
    {
      place: "page.md:8",
      file: "page-1.ts",
      at: page.indexOf("<!--"),
      code: expect.stringMatching(/^import .*\ndeclare const rates: number\[\];\nrates.push\(1\);\n/),
      bodyAt: expect.any(Number),
    },
  ]);
});

test("a block that does not compile is found", async () => {
  expect(errors.filter((line) => line.includes("broken.ts"))).toEqual([expect.stringContaining("TS2322")]);
});

function errorsIn(file: string): string[] {
  return errors.filter((line) => line.startsWith(`test/node/docs/${file}(`));
}

function tsc(project: string): Promise<string> {
  const options = ["--noEmit", "--pretty", "false", "-p", project];
  return new Promise((resolve) => execFile("node_modules/.bin/tsc", options, (_error, output) => resolve(output)));
}
