// Breaks a copy of the tree in one place after another: for each fault its tests have to turn red.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { alarms } from "../test/faults/mutants/alarms.ts";
import { batches } from "../test/faults/mutants/batches.ts";
import { collections } from "../test/faults/mutants/collections.ts";
import { core } from "../test/faults/mutants/core.ts";
import { recurrences } from "../test/faults/mutants/recurrences.ts";
import { sockets } from "../test/faults/mutants/sockets.ts";

const copied = [
  "src",
  "decorators",
  "test",
  "examples",
  "scripts",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];
const longestRun = 120_000;

const [wanted = ""] = process.argv.slice(2);
const mutants = [...core, ...alarms, ...recurrences, ...batches, ...sockets, ...collections].filter(({ name }) =>
  name.includes(wanted),
);
mutants.forEach(checkText);

// A suite that is red as it is says nothing about a fault.
const trees = Array.from({ length: Math.min(2, availableParallelism()) }, copyOfTree);
process.once("exit", () => trees.forEach((tree) => rmSync(tree, { recursive: true, force: true })));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const sound = await run(trees[0], [...new Set(mutants.flatMap(({ tests }) => tests))], longestRun * 5);
if (sound.red !== undefined) throw new Error(`Without a fault this is red: ${sound.red}`);

const waiting = [...mutants];
const survivors = [];
await Promise.all(trees.map(work));
console.log(`\n${mutants.length - survivors.length} of ${mutants.length} faults noticed`);
process.exit(survivors.length === 0 ? 0 : 1);

async function work(tree) {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const file = join(tree, mutant.file);
    const source = readFileSync(file, "utf8");
    writeFileSync(
      file,
      source.replace(mutant.find, () => mutant.replace),
    );
    const { red, seconds } = await run(tree, mutant.tests, longestRun);
    writeFileSync(file, source);
    if (red === undefined) survivors.push(mutant);
    console.log(`${red ? "red     " : "SURVIVED"} ${mutant.name} (${seconds} s): ${red ?? mutant.tests.join(", ")}`);
  }
}

function checkText({ name, file, find }) {
  const count = readFileSync(file, "utf8").split(find).length - 1;
  if (count !== 1) throw new Error(`${name}: the text stands ${count} times in ${file}, not once:\n${find}`);
}

function copyOfTree() {
  const tree = mkdtempSync(join(tmpdir(), "loom-mutants-"));
  for (const name of copied) cpSync(name, join(tree, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(tree, "node_modules"));
  return tree;
}

/** Runs test files; `red` is the title of a test that failed, or what else went wrong. */
async function run(tree, tests, timeout) {
  const started = performance.now();
  const report = join(tree, "report.json");
  rmSync(report, { force: true });
  const args = ["run", "--bail=1", "--reporter=json", `--outputFile=${report}`, ...tests];
  const child = spawn("node_modules/.bin/vitest", args, { cwd: tree, stdio: "ignore", detached: true });
  // The group, so that the servers of a hanging test end too.
  const overdue = setTimeout(() => process.kill(-child.pid, "SIGKILL"), timeout);
  const code = await new Promise((done) => child.on("exit", done));
  clearTimeout(overdue);
  const seconds = Math.round((performance.now() - started) / 1000);
  return { red: code === 0 ? undefined : redOf(report), seconds };
}

function redOf(report) {
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    const failed = testResults.flatMap(({ assertionResults }) => assertionResults.filter(isRed));
    // Without a failed test the run said nothing: a fault that does not even load is none.
    return failed[0]?.fullName.trim();
  } catch {
    return "ran out of time";
  }
}

function isRed({ status }) {
  return status === "failed";
}
