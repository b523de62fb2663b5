import { Server } from "./server.ts";
import { estimate, type Estimate } from "./statistics.ts";

/** One measurement of each side, taken right after each other. */
export interface Pair<Value = number> {
  readonly loom: Value;
  readonly other: Value;
}

/** What to measure, for each side. */
export type Sides<Value = number> = Readonly<Record<keyof Pair, () => Promise<Value>>>;

/** Measures both sides `count` times in turn; who goes first changes, so that neither profits from its place. */
export async function interleave<Value>(count: number, measure: Sides<Value>): Promise<Pair<Value>[]> {
  const pairs: Pair<Value>[] = [];
  for (let round = 0; round < count; round++) {
    if (round % 2 === 0) {
      const loom = await measure.loom();
      pairs.push({ loom, other: await measure.other() });
    } else {
      const other = await measure.other();
      pairs.push({ loom: await measure.loom(), other });
    }
  }
  return pairs;
}

/** Runs `work` with `count` servers, one after the other, each with an object of Loom's and one written by hand. */
export async function eachServer(count: number, name: string, work: (server: Server) => Promise<void>): Promise<void> {
  const loom = new URL(`../objects/${name}.ts`, import.meta.url);
  const other = new URL(`../objects/${name}-by-hand.ts`, import.meta.url);
  // Processes differ by where things happen to lie in memory, and their workers by which of them was there first.
  for (let at = 0; at < count; at++) {
    const server = await Server.start(at % 2 === 0 ? { loom, other } : { other, loom });
    await work(server);
    await server.end();
  }
}

/** What the pairs of several processes come to, side by side and by `compare`. */
export function summarize(
  processes: readonly (readonly Pair[])[],
  compare: (pair: Pair) => number,
): Record<"both" | keyof Pair, Estimate> {
  const by = (valueOf: (pair: Pair) => number) => estimate(processes.map((pairs) => pairs.map(valueOf)));
  return { both: by(compare), loom: by(({ loom }) => loom), other: by(({ other }) => other) };
}
