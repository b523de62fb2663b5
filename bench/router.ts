import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Effort, Row } from "./support/row.ts";
import { estimate } from "./support/statistics.ts";

const names = ["loom", "rou3", "by-hand"] as const;
type Name = (typeof names)[number];

/** One lookup with decoded parameters, each router in processes of its own, in turn. */
export async function measureRouter({ isQuick }: Effort): Promise<Row[]> {
  const times: Record<Name, number[]> = { loom: [], rou3: [], "by-hand": [] };
  // A process each time: what the compiler made of one router, or the luck of one run, is not carried along.
  for (let round = 0; round < (isQuick ? 7 : 31); round++) {
    for (const name of names) times[name].push(await lookupTime(name));
  }
  const [{ median, low, high }, rou3, byHand] = names.map((name) => estimate(times[name].map((time) => [time]))) as [
    Estimate,
    Estimate,
    Estimate,
  ];
  return [
    {
      what: "Router: one lookup, parameters decoded",
      measured: `${median.toFixed(0)} ns`,
      interval: `${low.toFixed(0)} – ${high.toFixed(0)}`,
      goal: `≤ rou3: ${rou3.median.toFixed(0)} ns`,
      isReached: median <= rou3.median,
      beside: `rou3, not decoding: ${rou3.low.toFixed(0)} – ${rou3.high.toFixed(0)} · if/else: ${estimate(times["by-hand"]).median.toFixed(0)} ns`,
    },
  ];
}

async function lookupTime(name: Name): Promise<number> {
  const file = new URL(`routers/${name}.ts`, import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  return Number(stdout);
}
