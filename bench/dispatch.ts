import { Load } from "./support/load.ts";
import { interleave, type Pair } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import { Server } from "./support/server.ts";
import { estimate } from "./support/statistics.ts";

const goal = 0.3;
const turns = 2000;
const requestsPerTurn = 7;

/** From `fetch` to the handler and back, inside workerd: CPU time over that of an if/else on a parsed URL. */
export async function measureDispatch({ isQuick }: Effort): Promise<Row[]> {
  const pairs: Pair[] = [];
  for (let at = 0; at < (isQuick ? 1 : 4); at++) pairs.push(...(await measureOnce()));
  const { median, low, high } = estimate(pairs.map(({ loom, other }) => loom - other));
  const [loom, other] = [estimate(pairs.map((pair) => pair.loom)), estimate(pairs.map((pair) => pair.other))];
  return [
    {
      what: "Dispatch in process over an if/else",
      measured: `${median.toFixed(2)} µs`,
      interval: `${low.toFixed(2)} – ${high.toFixed(2)}`,
      goal: `≤ ${goal} µs`,
      isReached: median <= goal,
      beside: `Loom ${loom.median.toFixed(2)} µs, if/else ${other.median.toFixed(2)} µs`,
    },
  ];
}

/** One process: two processes differ by where things happen to lie in memory. */
async function measureOnce(): Promise<Pair[]> {
  const objects = (name: string) => new URL(`objects/${name}.ts`, import.meta.url);
  const server = await Server.start({ loom: objects("dispatch"), other: objects("dispatch-by-hand") });
  const time = async (name: keyof Pair) => {
    const load = await Load.open(server.portOf(name), 1);
    return async () => {
      const before = server.cpuTime;
      await load.run(1, () => `GET /?turns=${turns}`);
      return (server.cpuTime - before) / (turns * requestsPerTurn);
    };
  };
  const measure = { loom: await time("loom"), other: await time("other") };
  await interleave(8, measure);
  const pairs = await interleave(30, measure);
  await server.end();
  return pairs;
}
