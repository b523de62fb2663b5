import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { countBatchRows } from "./batched.ts";
import { measureBroadcast } from "./broadcast.ts";
import { measureBundle } from "./bundle.ts";
import { countCollectionRows } from "./collected.ts";
import { measureCollections } from "./collections.ts";
import { measureCpu } from "./cpu.ts";
import { measureDispatch } from "./dispatch.ts";
import { measureGrove } from "./grove.ts";
import { measureMemory } from "./memory.ts";
import { measureRouter } from "./router.ts";
import { countRows } from "./rows-written.ts";
import { countAlarmRows } from "./scheduled.ts";
import type { Effort, Row } from "./support/row.ts";
import { tableOf } from "./support/table.ts";
import { measureWake } from "./wake.ts";

const parts = {
  bundle: measureBundle,
  rows: countRows,
  alarms: countAlarmRows,
  batches: countBatchRows,
  entries: countCollectionRows,
  dispatch: measureDispatch,
  router: measureRouter,
  cpu: measureCpu,
  wake: measureWake,
  broadcast: measureBroadcast,
  memory: measureMemory,
  collections: measureCollections,
  grove: measureGrove,
};

// With names of parts only those are run.
const { values: flags, positionals: asked } = parseArgs({
  options: { quick: { type: "boolean" }, write: { type: "boolean" } },
  allowPositionals: true,
});
const effort: Effort = { isQuick: flags.quick ?? false };

// A process that a signal ends says no goodbye to its servers; one that exits does.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const started = performance.now();
  rows.push(...(await measure(effort)));
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

const table = tableOf(rows);
console.log(`\n${table}`);
if (flags.write) writeFileSync(new URL("results.md", import.meta.url).pathname, `# Numbers\n\n${table}\n`);
