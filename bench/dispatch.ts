import { Load } from "./support/load.ts";
import { eachServer, interleave, type Pair, summarize } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import type { Server } from "./support/server.ts";

const goal = 0.3;
const turns = 2000;
const requestsPerTurn = 7;

/** From `fetch` to the handler and back, inside workerd: CPU time over that of an if/else on a parsed URL. */
export async function measureDispatch({ isQuick }: Effort): Promise<Row[]> {
  const processes: Pair[][] = [];
  await eachServer(isQuick ? 3 : 10, "dispatch", async (server) => {
    const measure = { loom: await side(server, "loom"), other: await side(server, "other") };
    await interleave(6, measure);
    processes.push(await interleave(12, measure));
  });
  const { both, loom, other } = summarize(processes, (pair) => pair.loom - pair.other);
  return [
    {
      what: "Dispatch in process, over an if/else",
      measured: `${both.median.toFixed(2)} µs`,
      interval: `${both.low.toFixed(2)} – ${both.high.toFixed(2)}`,
      goal: `≤ ${goal} µs`,
      isReached: both.median <= goal,
      beside: `Loom ${loom.median.toFixed(2)} µs, if/else ${other.median.toFixed(2)} µs`,
    },
  ];
}

async function side(server: Server, name: keyof Pair): Promise<() => Promise<number>> {
  const load = await Load.open(server.portOf(name), 1);
  return async () => {
    const before = server.cpuTime;
    await load.run(1, () => `GET /?turns=${turns}`);
    return (server.cpuTime - before) / (turns * requestsPerTurn);
  };
}
