// Everything but the tests, side by side: types, lint, format, and the package as it would be published.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const projects = [".", "test", "test/node", "test/browser", "examples", "examples/collab/page", "bench"];
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
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", packed];
  const built = (await run("build", "node", "scripts/build.mjs")) && (await run("pack", "npm", ...pack));
  if (!built) return false;
  const tarball = join(packed, readdirSync(packed)[0]);
  const checks = [lintPackage(tarball), run("attw", "attw", tarball, "--profile", "esm-only")];
  return (await Promise.all(checks)).every(Boolean);
}

async function lintPackage(tarball) {
  const { messages, pkg } = await publint({ pack: { tarball: readFileSync(tarball) }, strict: true });
  // publint says that Node ignores `imports` in a nested package.json; Node reads the nearest one, and a test in
  // test/node/dist imports every entry through it.
  const found = messages.filter(({ code }) => code !== "NESTED_PACKAGE_JSON_FIELD_IGNORED");
  report("publint", found.length === 0, found.map((message) => formatMessage(message, pkg)).join("\n"));
  return found.length === 0;
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
      report(`${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`, code === 0, output);
      resolve(code === 0);
    });
  });
}

function report(title, passed, output) {
  console.log(`${passed ? "ok    " : "FAILED"} ${title}`);
  if (!passed) console.log(output.trimEnd());
}
