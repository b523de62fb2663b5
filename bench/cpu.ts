import { Load } from "./support/load.ts";
import { interleave, type Pair } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import { Server } from "./support/server.ts";
import { estimate } from "./support/statistics.ts";

/** One kind of request, and how often it is sent before the clock is read. */
interface Kind {
  readonly what: string;
  readonly goal: number;
  readonly count: number;
  head(index: number): string;
}

let woken = 0;

const kinds: readonly Kind[] = [
  { what: "read", goal: 1.03, count: 300, head: () => "GET /notes/ada/spring-in-the-grove?hot" },
  { what: "write", goal: 1.05, count: 300, head: () => "POST /notes/ada/spring-in-the-grove/visits?hot" },
  { what: "cold", goal: 1.05, count: 60, head: () => `GET /notes/ada/spring-in-the-grove?${woken++}` },
];

/** CPU time that the workerd process spends on a request, as a ratio to a class written by hand. */
export async function measureCpu({ isQuick }: Effort): Promise<Row[]> {
  const pairs = new Map<Kind, Pair[]>(kinds.map((kind) => [kind, []]));
  // Several processes: two of them differ by where things happen to lie in memory.
  for (let at = 0; at < (isQuick ? 1 : 6); at++) await measureOnce(pairs, isQuick ? 10 : 12);
  return [...pairs].map(([kind, measured]) => rowOf(kind, measured));
}

async function measureOnce(pairs: ReadonlyMap<Kind, Pair[]>, rounds: number): Promise<void> {
  const objects = (name: string) => new URL(`objects/${name}.ts`, import.meta.url);
  const server = await Server.start({ loom: objects("notes"), other: objects("notes-by-hand") });
  const loads = { loom: await Load.open(server.portOf("loom")), other: await Load.open(server.portOf("other")) };
  const side = (name: keyof Pair, kind: Kind) => async () => {
    const before = server.cpuTime;
    await loads[name].run(kind.count, kind.head);
    return (server.cpuTime - before) / kind.count;
  };
  const measure = (kind: Kind, count: number) =>
    interleave(count, { loom: side("loom", kind), other: side("other", kind) });
  for (const load of Object.values(loads)) await load.run(1, () => "PUT /notes/ada/spring-in-the-grove?hot");
  for (const kind of kinds) await measure(kind, 8);
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) pairs.get(kind)!.push(...(await measure(kind, 4)));
  }
  for (const load of Object.values(loads)) load.close();
  await server.end();
}

function rowOf({ what, goal }: Kind, pairs: readonly Pair[]): Row {
  const { median, low, high } = estimate(pairs.map(({ loom, other }) => loom / other));
  const [loom, other] = [estimate(pairs.map((pair) => pair.loom)), estimate(pairs.map((pair) => pair.other))];
  return {
    what: `CPU of workerd a request: ${what}`,
    measured: median.toFixed(3),
    interval: `${low.toFixed(3)} – ${high.toFixed(3)}`,
    goal: `≤ ${goal}`,
    isReached: median <= goal,
    beside: `Loom ${loom.median.toFixed(0)} µs, by hand ${other.median.toFixed(0)} µs, ${pairs.length} rounds`,
  };
}
