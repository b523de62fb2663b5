import { globSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as patterns from "../../../src/patterns/index.ts";
import type { WranglerDev } from "../../browser/support/wrangler-dev.ts";
import { directory } from "./run/folder.ts";
import { comparedTo } from "./run/line.ts";
import { Page } from "./run/page.ts";

const examples = globSync("examples/*/wrangler.toml").map((file) => join(dirname(file), "README.md"));
const pages = [...globSync("docs/patterns/*.md"), ...examples].sort().map((path) => new Page(path));
const objects = new Set(Object.values(patterns).filter((value) => /^class\b/.test(String(value))));
const names = [...objects].map(({ name }) => name);

test.for(names)("%s has a heading with lines under it that run", (name) => {
  expect(pages.flatMap((page) => page.linesUnder(name))).not.toEqual([]);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.for(pages)("$path", (page) => {
  let server: WranglerDev;
  let answers: ReadonlyMap<string, string | undefined>;
  beforeAll(async () => {
    server = await page.serve();
    answers = await page.answers(server.port);
  });
  afterAll(() => server?.end());

  test("has lines that run", () => {
    expect(page.lines).not.toEqual([]);
  });

  test.for(page.lines)("the line at $place gives what the page says", ({ place, said }) => {
    expect(comparedTo(said, answers.get(place))).toBe(said ?? "an answer behind or below the line");
  });
});
