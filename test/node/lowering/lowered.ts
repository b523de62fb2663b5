import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { Workerd } from "../support/workerd.ts";
import type { Compiler } from "./compilers.ts";

/** Lowers `fixture` with `compiler`, serves its classes in workerd for as long as `work` takes. */
export async function serveLowered<Result>(
  { compiler, fixture, classes }: { compiler: Compiler; fixture: string; classes: readonly string[] },
  work: (server: Workerd) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "loom-lowered-"));
  const bundled = join(directory, "objects.js");
  await bundle(fixture, await compiler(fixture), bundled);
  const server = await Workerd.serve({ fixture: pathToFileURL(bundled), classes });
  try {
    return await work(server);
  } finally {
    await server.end();
    await rm(directory, { recursive: true });
  }
}

/** Puts Loom beside code that is lowered already: esbuild compiles Loom, not the fixture. */
async function bundle(fixture: string, code: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents: code, loader: "js", resolveDir: dirname(fixture) },
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    keepNames: true,
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
  });
}
