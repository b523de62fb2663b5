import { build } from "esbuild";

/** Bundles a worker the way wrangler does: one ES module, decorators lowered, names kept. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    keepNames: true,
    tsconfig: new URL("../../../tsconfig.json", import.meta.url).pathname,
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*", "workerd:*"],
    logLevel: "error",
  });
}
