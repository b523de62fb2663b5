import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, inject, test } from "vitest";

const consumer = inject("consumer");
const installed = join(consumer, "node_modules/loom-do");
const run = promisify(execFile);

test.for([
  ["loom-do", ["LoomDO", "LoomError", "LoomResponse", "Persisted", "Route", "update"]],
  ["loom-do/worker", ["routeToObject"]],
  ["loom-do/cron", ["nextRun"]],
  ["loom-do/client", ["connectLoom"]],
  ["loom-do/patterns", ["Counter", "RateLimiter"]],
  ["loom-do/testing", ["SimpleState", "createMockD1", "createMockDOEnv", "createMockKV", "createMockR2", "wake"]],
  ["loom-do/sveltekit", ["fetchLoomJson", "getLoomDO"]],
  ["loom-do/vite", ["lowerDecorators"]],
] as const)("%s is imported in plain Node", async ([entry, names]) => {
  expect(await exportsOf(entry)).toEqual(expect.arrayContaining([...names]));
});

test("the built entry exports what src/index.ts names", async () => {
  const source = await import("loom-do");

  expect(await exportsOf("loom-do")).toEqual(Object.keys(source).sort());
});

test("every entry of the package has its types beside it", () => {
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { exports: object };
  const entries = Object.values(exports).filter((entry) => typeof entry === "object") as Record<string, string>[];

  expect(entries.map((entry) => Object.keys(entry))).toEqual(entries.map(() => ["types", "default"]));
  expect(entries.flatMap(Object.values).filter((file) => !existsSync(join(installed, file as string)))).toEqual([]);
});

test("the tarball holds the code, its source, its pages and nothing else", () => {
  const files = globSync("**", { cwd: installed, withFileTypes: true }).filter((file) => file.isFile());
  const names = files.map((file) => join(file.parentPath, file.name).slice(installed.length + 1));

  const expected =
    /^(?:dist\/(?:src|decorators)\/.+\.(?:js|d\.ts)(?:\.map)?|(?:src|decorators)\/.+\.ts|docs\/.+\.md|dist\/package\.json)$/;
  expect(names.filter((name) => !expected.test(name)).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "package.json",
  ]);
});

test("every source map leads to a file of the tarball", () => {
  const maps = globSync("dist/**/*.map", { cwd: installed });
  const sources = maps.flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(installed, map), "utf8")) as { sources: string[] };
    return sources.map((source) => join(installed, dirname(map), source));
  });

  expect(maps.length).toBeGreaterThan(40);
  expect(sources.filter((source) => !existsSync(source))).toEqual([]);
});

test("no decorator is left in the built code", () => {
  const built = globSync("dist/**/*.js", { cwd: installed });

  expect(built.filter((file) => /^\s*@\w/m.test(readFileSync(join(installed, file), "utf8")))).toEqual([]);
});

const origins = [
  ["the built package", consumer],
  ["the source", process.cwd()],
] as const;

test.for(origins)("a bundle of %s keeps reflect-metadata and the Symbol.metadata it needs", async ([, from]) => {
  const code = await bundle(from, 'import { Route } from "loom-do"; console.log(Route);');

  expect(code).toContain('Symbol.for("Symbol.metadata")');
  expect(code).toContain('"defineMetadata"');
});

test.for(origins)("a bundle of %s leaves out what is not used", async ([, from]) => {
  const code = await bundle(from, 'import { LOOM_ERRORS } from "loom-do"; console.log(LOOM_ERRORS);');

  expect(code).not.toContain("defineMetadata");
});

test("a bundle for workerd takes the runtime's own base class", async () => {
  const code = await bundle(consumer, 'import { LoomDO } from "loom-do"; console.log(LoomDO);');

  expect(code).toMatch(/import \{[^}]*DurableObject[^}]*\} from "cloudflare:workers"/);
});

test.for(["bundler", "nodenext"])(
  "a project with moduleResolution %s sees the types, without Vite's",
  async (resolution) => {
    writeFileSync(
      join(consumer, "object.ts"),
      `import { LoomDO, Persisted, Route, getLoomRPCStub, type LoomRequestContext } from "loom-do";
     import { routeToObject } from "loom-do/worker";
     export class Counter extends LoomDO<unknown, Env> {
       @Persisted accessor count = 0;
       @Route("POST", "/add/:by") add({ params }: LoomRequestContext<"/add/:by">) { return (this.count += Number(params.by)); }
     }
     interface Env { COUNTER: DurableObjectNamespace<Counter> }
     export const stub = (env: Env): DurableObjectStub<Counter> => env.COUNTER.getByName("one");
     export const rpc = getLoomRPCStub;
     export const routed = routeToObject;
    `,
    );
    const module = resolution === "bundler" ? "esnext" : "nodenext";
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--lib",
      "es2024,esnext.disposable",
    ];
    const resolved = ["--module", module, "--moduleResolution", resolution, "--types", "@cloudflare/workers-types"];

    const { stdout } = await run("node_modules/.bin/tsc", [
      join(consumer, "object.ts"),
      ...options,
      ...resolved,
      "--listFiles",
    ]);

    expect(stdout).toContain("loom-do/dist/src/platform/workerd.d.ts");
    expect(stdout).not.toMatch(/node_modules\/(?:vite|esbuild|@types\/node)\//);
  },
);

async function exportsOf(entry: string): Promise<string[]> {
  const script = `console.log(JSON.stringify(Object.keys(await import("${entry}")).sort()))`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { cwd: consumer });
  return JSON.parse(stdout) as string[];
}

async function bundle(resolveDir: string, contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
  });
  return outputFiles[0]!.text;
}
