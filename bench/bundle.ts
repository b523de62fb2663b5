import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Row } from "./support/row.ts";

const goal = 16;
const root = new URL("..", import.meta.url).pathname;

/** What wrangler would upload. */
interface Built {
  readonly gzipped: number;
  readonly raw: number;
  /** Bytes by source file, the largest first. */
  readonly modules: readonly (readonly [file: string, bytes: number])[];
}

/** Sizes of four counters as `wrangler deploy --minify` builds them. */
export async function measureBundle(): Promise<Row[]> {
  const [whole, small, all, byHand] = await Promise.all(
    ["counter", "counter-small", "counter-everything", "counter-by-hand"].map(build),
  );
  const measured = (built: Built | undefined) => `${(built!.gzipped / 1000).toFixed(1)} kB`;
  const largest = whole!.modules.slice(0, 6).map(([file, bytes]) => `${file} ${(bytes / 1000).toFixed(1)}`);
  return [
    {
      what: "Bundle: counter, every decorator (min+gz)",
      measured: measured(whole),
      goal: `≤ ${goal} kB`,
      isReached: whole!.gzipped <= goal * 1000,
      beside: `by hand ${measured(byHand)} · unzipped ${(whole!.raw / 1000).toFixed(1)}: ${largest.join(", ")}`,
    },
    { what: "Bundle: counter, @Route and @Persisted", measured: measured(small) },
    { what: "Bundle: everything loom-do exports", measured: measured(all) },
  ];
}

async function build(name: string): Promise<Built> {
  const directory = mkdtempSync(join(tmpdir(), "loom-bundle-"));
  const config = {
    name,
    main: join(root, `bench/objects/${name}.ts`),
    compatibility_date: "2026-10-01",
    send_metrics: false,
  };
  writeFileSync(join(directory, "wrangler.json"), JSON.stringify(config));
  const wrangler = [
    join(root, "node_modules/wrangler/bin/wrangler.js"),
    "deploy",
    "--dry-run",
    "--minify",
    "--metafile",
  ];
  const args = [...wrangler, "--config", join(directory, "wrangler.json"), "--outdir", directory];
  // Nothing here needs the network.
  const env = { ...process.env, CI: "true", WRANGLER_HIDE_BANNER: "true", WRANGLER_SEND_METRICS: "false" };
  await promisify(execFile)(process.execPath, args, { cwd: root, env });
  const code = readFileSync(join(directory, `${name}.js`));
  const modules = modulesOf(readFileSync(join(directory, "bundle-meta.json"), "utf8"));
  rmSync(directory, { recursive: true });
  return { raw: code.length, gzipped: gzipSync(code).length, modules };
}

function modulesOf(text: string): [string, number][] {
  const { outputs } = JSON.parse(text) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const found = inputs.map(([file, { bytesInOutput }]): [string, number] => [file.replace(/^.*\//, ""), bytesInOutput]);
  return found.sort(([, one], [, other]) => other - one);
}
