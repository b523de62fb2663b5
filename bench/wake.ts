import { Load } from "./support/load.ts";
import { eachServer, interleave, type Pair, summarize } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import type { Server } from "./support/server.ts";

const goal = 1.05;
const objects = 1000;
const perRound = 50;

/** What waking one object took, in microseconds. */
interface Taken {
  readonly cpu: number;
  readonly time: number;
}

type Loads = Readonly<Record<keyof Pair, Load>>;

/** Wakes a thousand objects of each side that have stored something, in a process that has none of them awake. */
export async function measureWake({ isQuick }: Effort): Promise<Row[]> {
  const processes: Pair<Taken>[][] = [];
  await eachServer(isQuick ? 1 : 4, "notes", async (server) => {
    await withLoads(server, store);
    for (let again = 0; again < 2; again++) {
      await server.restart();
      processes.push(await withLoads(server, (loads) => wakeAll(server, loads)));
    }
  });
  return [rowOf("CPU of workerd", processes, "cpu"), rowOf("time", processes, "time")];
}

async function withLoads<Result>(server: Server, work: (loads: Loads) => Promise<Result>): Promise<Result> {
  const loads = { loom: await Load.open(server.portOf("loom")), other: await Load.open(server.portOf("other")) };
  const result = await work(loads);
  for (const load of Object.values(loads)) load.close();
  return result;
}

async function store(loads: Loads): Promise<void> {
  for (const load of Object.values(loads)) {
    await load.run(objects, (index) => `PUT /notes/ada/spring-in-the-grove?${index}`);
    await load.run(objects, (index) => `POST /notes/ada/spring-in-the-grove/visits?${index}`);
  }
}

function wakeAll(server: Server, loads: Loads): Promise<Pair<Taken>[]> {
  const side = (name: keyof Pair) => {
    let woken = 0;
    return async () => {
      const [cpu, time] = [server.cpuTime, performance.now()];
      await loads[name].run(perRound, () => `GET /notes/ada/spring-in-the-grove?${woken++}`);
      return { cpu: (server.cpuTime - cpu) / perRound, time: ((performance.now() - time) * 1000) / perRound };
    };
  };
  return interleave(objects / perRound, { loom: side("loom"), other: side("other") });
}

function rowOf(what: string, processes: readonly Pair<Taken>[][], key: keyof Taken): Row {
  const taken = processes.map((pairs) => pairs.map(({ loom, other }) => ({ loom: loom[key], other: other[key] })));
  const { both, loom, other } = summarize(taken, (pair) => pair.loom / pair.other);
  return {
    what: `Waking 1,000 stored objects, over a hand-written class: ${what}`,
    measured: both.median.toFixed(3),
    interval: `${both.low.toFixed(3)} – ${both.high.toFixed(3)}`,
    ...(key === "cpu" && { goal: `≤ ${goal}`, isReached: both.median <= goal }),
    beside: `Loom ${loom.median.toFixed(0)} µs an object, by hand ${other.median.toFixed(0)} µs; ${processes.length} restarts`,
  };
}
