import { threadCpuTime } from "../support/cpu-time.ts";
import { type Find, lookups } from "./table.ts";

const warmUpRounds = 30_000;
const rounds = 60_000;

/** Checks a router, warms it up and prints the CPU time of one lookup in nanoseconds. */
export function measure(find: Find): void {
  for (const { method, path, params } of lookups) {
    const found = find(method, path);
    if (Object.keys(found?.params ?? {}).length !== params) throw new Error(`${method} ${path}: wrong parameters`);
  }
  run(find, warmUpRounds);
  const before = threadCpuTime();
  run(find, rounds);
  console.log(((threadCpuTime() - before) * 1000) / (rounds * lookups.length));
}

function run(find: Find, count: number): void {
  let found = 0;
  for (let round = 0; round < count; round++) {
    for (const { method, path } of lookups) found += find(method, path)!.route;
  }
  // The sum is used, or the compiler might leave the lookups out.
  if (found === 0) throw new Error("Nothing was found.");
}
