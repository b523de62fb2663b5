import { message } from "./objects/room-message.ts";
import { Load } from "./support/load.ts";
import { eachServer, interleave, type Pair, summarize } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import type { Server } from "./support/server.ts";
import { frameBytes, Sockets } from "./support/sockets.ts";

const goal = 0.97;
const sockets = 1000;
const broadcasts = 2;

/** What a broadcast to a thousand hibernating sockets costs workerd, until the last client has its message. */
export async function measureBroadcast({ isQuick }: Effort): Promise<Row[]> {
  const processes: Pair[][] = [];
  await eachServer(isQuick ? 3 : 10, "room", async (server) => {
    const sides = { loom: await sideOf(server, "loom"), other: await sideOf(server, "other") };
    const measure = { loom: sides.loom.measure, other: sides.other.measure };
    await interleave(4, measure);
    processes.push(await interleave(30, measure));
    for (const side of Object.values(sides)) side.end();
  });
  const { both, loom, other } = summarize(processes, (pair) => pair.other / pair.loom);
  const perSocket = ({ median }: { readonly median: number }) => `${median.toFixed(2)} µs`;
  return [
    {
      what: "Broadcast to 1,000 sockets, throughput by CPU of workerd, over a hand-written loop",
      measured: both.median.toFixed(3),
      interval: `${both.low.toFixed(3)} – ${both.high.toFixed(3)}`,
      goal: `≥ ${goal}`,
      isReached: both.median >= goal,
      beside: `Loom ${perSocket(loom)} a socket, by hand ${perSocket(other)}; ${processes.flat().length} rounds in ${processes.length} processes`,
    },
  ];
}

interface Side {
  measure(): Promise<number>;
  end(): void;
}

async function sideOf(server: Server, name: keyof Pair): Promise<Side> {
  const port = server.portOf(name);
  const load = await Load.open(port, 1);
  const clients = await Sockets.open(port, "/live?room", sockets);
  const bytes = sockets * broadcasts * frameBytes(JSON.stringify(message));
  return {
    async measure() {
      const before = server.cpuTime;
      const received = clients.receive(bytes);
      await load.run(broadcasts, () => "POST /broadcast?room");
      await received;
      return (server.cpuTime - before) / (sockets * broadcasts);
    },
    end() {
      load.close();
      clients.close();
    },
  };
}
