import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureBundle } from "./bundle.ts";
import { measureCpu } from "./cpu.ts";
import { measureDispatch } from "./dispatch.ts";
import { measureRouter } from "./router.ts";
import { countRows } from "./rows-written.ts";
import type { Effort, Row } from "./support/row.ts";
import { tableOf } from "./support/table.ts";

const { values: flags } = parseArgs({ options: { quick: { type: "boolean" }, write: { type: "boolean" } } });
const effort: Effort = { isQuick: flags.quick ?? false };

// A process that a signal ends says no goodbye to its servers; one that exits does.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const rows: Row[] = [];
for (const part of [measureBundle, countRows, measureDispatch, measureRouter, measureCpu]) {
  const started = performance.now();
  rows.push(...(await part(effort)));
  console.error(`${part.name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

const table = tableOf(rows);
console.log(`\n${table}`);
if (flags.write) writeFileSync(new URL("results.md", import.meta.url).pathname, `# Numbers\n\n${table}\n`);
