import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { transformAsync } from "@babel/core";
import { transform as swc } from "@swc/core";
import { transform as esbuild } from "esbuild";
import { transformWithOxc } from "vite";

/** Turns a decorated TypeScript file into JavaScript that runs. */
export type Compiler = (file: string) => Promise<string>;

const run = promisify(execFile);

/** The compilers that lower standard decorators, as their users set them up. */
export const compilers = {
  tsc,
  esbuild: (file) => lowerWithEsbuild(file, {}),
  "Babel 2023-11": babel,
  "SWC 2023-11": (file) => lowerWithSwc(file, "2023-11"),
  "SWC 2022-03": (file) => lowerWithSwc(file, "2022-03"),
} satisfies Record<string, Compiler>;

/** What esbuild does in a project whose tsconfig.json says `experimentalDecorators`. */
export const legacy: Compiler = (file) => lowerWithEsbuild(file, { experimentalDecorators: true });

async function tsc(file: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "loom-tsc-"));
  const options = ["--ignoreConfig", "--noCheck", "--noResolve", "--target", "es2022", "--module", "esnext"];
  await run("node_modules/.bin/tsc", [file, ...options, "--rootDir", dirname(file), "--outDir", outDir]);
  const code = await readFile(join(outDir, basename(file).replace(".ts", ".js")), "utf8");
  await rm(outDir, { recursive: true });
  return code;
}

async function lowerWithEsbuild(file: string, compilerOptions: { experimentalDecorators?: boolean }): Promise<string> {
  const source = await readFile(file, "utf8");
  const options = { loader: "ts", target: "es2022", keepNames: true, tsconfigRaw: { compilerOptions } } as const;
  return (await esbuild(source, options)).code;
}

/** Babel after Oxc, which takes the types away: the pipeline of a Vite project that chose Babel. */
async function babel(file: string): Promise<string> {
  const { code } = await transformWithOxc(await readFile(file, "utf8"), file, { tsconfig: false });
  const plugins = [["@babel/plugin-proposal-decorators", { version: "2023-11" }]];
  const lowered = await transformAsync(code, { configFile: false, babelrc: false, plugins });
  return lowered.code;
}

async function lowerWithSwc(file: string, decoratorVersion: string): Promise<string> {
  const { code } = await swc(await readFile(file, "utf8"), {
    configFile: false,
    swcrc: false,
    jsc: {
      target: "es2022",
      keepClassNames: true,
      parser: { syntax: "typescript", decorators: true },
      transform: { decoratorVersion: decoratorVersion as "2022-03" }, // SWC's types do not know its newer versions
    },
  });
  return code;
}
