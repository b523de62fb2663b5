import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Effort, Row } from "./support/row.ts";
import { estimate, type Estimate } from "./support/statistics.ts";

const names = ["loom", "rou3", "by-hand"] as const;
type Name = (typeof names)[number];

/** One lookup with decoded parameters, each router in processes of its own, in turn. */
export async function measureRouter({ isQuick }: Effort): Promise<Row[]> {
  const times: Record<Name, [number][]> = { loom: [], rou3: [], "by-hand": [] };
  // A process each time: what the compiler made of one router, or the luck of one run, is not carried along.
  for (let round = 0; round < (isQuick ? 7 : 31); round++) {
    for (const name of names) times[name].push([await lookupTime(name)]);
  }
  const [loom, rou3, byHand] = [estimate(times.loom), estimate(times.rou3), estimate(times["by-hand"])];
  return [
    {
      what: "Router: one lookup, parameters decoded",
      measured: `${loom.median.toFixed(0)} ns`,
      interval: intervalOf(loom),
      goal: `≤ rou3: ${rou3.median.toFixed(0)} ns`,
      isReached: loom.median <= rou3.median,
      beside: `rou3 (does not decode) ${intervalOf(rou3)}; if/else ${byHand.median.toFixed(0)} ns`,
    },
  ];
}

function intervalOf({ low, high }: Estimate): string {
  return `${low.toFixed(0)} – ${high.toFixed(0)}`;
}

async function lookupTime(name: Name): Promise<number> {
  const file = new URL(`routers/${name}.ts`, import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  return Number(stdout);
}
