import { build } from "esbuild";

/** Bundles a module for workerd with the settings of wrangler's own build. */
export async function bundleWorker(entry: URL, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry.pathname],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2024",
    keepNames: true,
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    logLevel: "error",
  });
}
