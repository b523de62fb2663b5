// Everything but the tests, side by side: types, lint, format, and the package as it would be published.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const projects = [".", "test", "test/node", "examples", "bench"].filter((project) =>
  existsSync(project === "." ? "tsconfig.json" : `${project}/tsconfig.json`),
);
const packed = mkdtempSync(join(tmpdir(), "loom-do-"));

const results = await Promise.all([
  ...projects.map((project) => run(`types ${project}`, "tsc", "--noEmit", "-p", project)),
  run("lint", "oxlint", "--deny-warnings", "--report-unused-disable-directives"),
  run("format", "oxfmt", "--check"),
  published(),
]);

rmSync(packed, { recursive: true });
process.exitCode = results.every(Boolean) ? 0 : 1;

async function published() {
  const built = (await run("build", "node", "scripts/build.mjs")) && (await run("pack", "npm", ...pack()));
  if (!built) return false;
  const tarball = join(packed, readdirSync(packed)[0]);
  const checks = [
    run("publint", "publint", tarball, "--strict"),
    run("attw", "attw", tarball, "--profile", "esm-only"),
  ];
  return (await Promise.all(checks)).every(Boolean);
}

function pack() {
  return ["pack", "--silent", "--ignore-scripts", "--pack-destination", packed];
}

/** Runs one tool, quiet unless it fails. */
function run(title, command, ...args) {
  const started = performance.now();
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => (output += error.message));
    child.on("close", (code) => {
      console.log(
        `${code === 0 ? "ok    " : "FAILED"} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
      );
      if (code !== 0) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}
