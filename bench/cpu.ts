import { Load } from "./support/load.ts";
import { eachServer, interleave, type Pair, type Sides, summarize } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import type { Server } from "./support/server.ts";

/** One kind of request, and how often it is sent before the clock is read. */
interface Kind {
  readonly what: string;
  readonly goal: number;
  readonly count: number;
  head(index: number): string;
}

let woken = 0;

// An object stays awake for ten seconds and keeps its files open: few cold ones a process.
const kinds: readonly Kind[] = [
  { what: "read", goal: 1.03, count: 200, head: () => "GET /notes/ada/spring-in-the-grove?hot" },
  { what: "write", goal: 1.05, count: 200, head: () => "POST /notes/ada/spring-in-the-grove/visits?hot" },
  { what: "cold", goal: 1.05, count: 25, head: () => `GET /notes/ada/spring-in-the-grove?${woken++}` },
];

/** CPU time that the workerd process spends on a request, as a ratio to a class written by hand. */
export async function measureCpu({ isQuick }: Effort): Promise<Row[]> {
  const measured = new Map<Kind, Pair[][]>(kinds.map((kind) => [kind, []]));
  await eachServer(isQuick ? 3 : 20, "notes", async (server) => {
    const loads = { loom: await Load.open(server.portOf("loom")), other: await Load.open(server.portOf("other")) };
    for (const load of Object.values(loads)) await load.run(1, () => "PUT /notes/ada/spring-in-the-grove?hot");
    for (const kind of kinds) await interleave(8, sidesOf(kind, server, loads));
    for (const processes of measured.values()) processes.push([]);
    for (let round = 0; round < 6; round++) {
      // Two of a kind at a time, so that a change in the machine's mood meets all kinds alike.
      for (const kind of kinds)
        measured
          .get(kind)!
          .at(-1)!
          .push(...(await interleave(2, sidesOf(kind, server, loads))));
    }
    for (const load of Object.values(loads)) load.close();
  });
  return kinds.map((kind) => rowOf(kind, measured.get(kind)!));
}

function sidesOf({ count, head }: Kind, server: Server, loads: Record<keyof Pair, Load>): Sides {
  const side = (name: keyof Pair) => async () => {
    const before = server.cpuTime;
    await loads[name].run(count, head);
    return (server.cpuTime - before) / count;
  };
  return { loom: side("loom"), other: side("other") };
}

function rowOf({ what, goal }: Kind, processes: readonly Pair[][]): Row {
  const { both, loom, other } = summarize(processes, (pair) => pair.loom / pair.other);
  const sides = `Loom ${loom.median.toFixed(0)} µs, by hand ${other.median.toFixed(0)} µs`;
  return {
    what: `CPU of workerd a request, over a hand-written class: ${what}`,
    measured: both.median.toFixed(3),
    interval: `${both.low.toFixed(3)} – ${both.high.toFixed(3)}`,
    goal: `≤ ${goal}`,
    isReached: both.median <= goal,
    beside: `${sides}; ${processes.flat().length} rounds in ${processes.length} processes`,
  };
}
