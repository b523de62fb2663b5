import { execFileSync } from "node:child_process";
import { build, type InlineConfig, type Rollup } from "vite";
import { expect, test } from "vitest";
import { lowerDecorators } from "../../../src/adapters/vite.ts";

const fixture = new URL("fixtures/decorated.ts", import.meta.url).pathname;
const expected = { seen: ["accessor count", "method increment", "class Counter"], counted: 42, name: "Counter" };

test("a decorated class built by Vite runs, and no decorator is left in it", async () => {
  const { code } = await bundle(fixture, { plugins: [lowerDecorators()] });

  expect(code).not.toMatch(/^\s*@\w/m);
  expect(run(code)).toEqual(expected);
});

test("a class keeps its name when the output is minified", async () => {
  const { code } = await bundle(fixture, { plugins: [lowerDecorators()], build: { minify: true } });

  expect(run(code)).toEqual(expected);
});

test("the source map leads back to the decorated source", async () => {
  const { map } = await bundle(fixture, { plugins: [lowerDecorators()], build: { sourcemap: true } });

  expect(map?.sourcesContent?.join()).toContain("@record accessor count: number = 41;");
});

test("a tsconfig with experimentalDecorators does not switch the decorators to the legacy form", async () => {
  const { code } = await bundle(fixture, {
    plugins: [lowerDecorators()],
    oxc: { decorator: { legacy: true } },
  });

  expect(run(code)).toEqual(expected);
});

test("JSX beside a decorator is left to the project's own compiler", async () => {
  const { code } = await bundle(`${fixture}x`, {
    plugins: [lowerDecorators()],
    oxc: { jsx: { runtime: "classic", pragma: "h" } },
  });

  expect(run(`globalThis.h = (tag) => "<" + tag + ">";\n${code}`)).toBe("<B>");
});

test("Vite without the plugin leaves the decorators in the output, and says nothing (oxc#9170)", async () => {
  const { code } = await bundle(fixture, {});

  expect(code).toMatch(/^\s*@record/m);
  expect(() => run(code)).toThrow("SyntaxError: Invalid or unexpected token");
});

async function bundle(entry: string, config: InlineConfig): Promise<Rollup.OutputChunk> {
  const built = (await build({
    ...config,
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, ...config.build, lib: { entry, formats: ["es"] } },
  })) as Rollup.RollupOutput[];
  return built[0]!.output[0];
}

/** What `code` prints in plain Node: Vitest would lower what it imports. */
function run(code: string): unknown {
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-"], { input: code, stdio: "pipe", encoding: "utf8" }),
  );
}
