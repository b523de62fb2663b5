import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { blocksOf } from "../docs/blocks.ts";

interface Block {
  readonly tests: (() => Promise<void> | void)[];
}

// Beside the sources, where the aliases and the lowering of decorators hold.
const directory = join(import.meta.dirname, ".blocks");
const blocks = blocksOf("docs/testing.md", readFileSync("docs/testing.md", "utf8")).filter(({ code }) =>
  code.includes('from "loom-do/testing"'),
);

mkdirSync(directory, { recursive: true });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.for(blocks)("the tests of the block at $place pass", async ({ place, code }) => {
  const file = join(directory, `${place.replaceAll(/\W/g, "-")}.ts`);
  const collect = "export const tests: unknown[] = [];\nconst test = (_: string, run: unknown) => tests.push(run);\n";
  writeFileSync(
    file,
    code.replace("import { expect, test }", "import { expect }").replace("\nclass", `\n${collect}\nclass`),
  );

  const { tests } = (await import(/* @vite-ignore */ file)) as Block;

  expect(tests.length).toBeGreaterThan(0);
  for (const run of tests) await run();
});
