import { Load } from "./support/load.ts";
import { interleave, type Pair, summarize } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import { Server } from "./support/server.ts";
import { Sockets } from "./support/sockets.ts";

// The first ones also pay for what a process needs anyway: memory is read after these, and after the others.
const before = 500;
const count = 2000;

/** Memory that an idle object, and an idle hibernating socket, takes of the workerd process; a process for each side. */
export async function measureMemory({ isQuick }: Effort): Promise<Row[]> {
  const rounds = isQuick ? 2 : 8;
  const objects = await interleave(rounds, { loom: () => ofObject("notes"), other: () => ofObject("notes-by-hand") });
  const sockets = await interleave(rounds, { loom: () => ofSocket("room"), other: () => ofSocket("room-by-hand") });
  return [rowOf("idle object, awake", objects), rowOf("idle hibernating socket", sockets)];
}

async function ofObject(name: string): Promise<number> {
  const server = await Server.start({ only: new URL(`objects/${name}.ts`, import.meta.url) });
  const load = await Load.open(server.portOf("only"));
  const touch = (from: number) => (index: number) => `GET /notes/ada/spring-in-the-grove?${from + index}`;
  await load.run(before, touch(0));
  const memory = server.memory;
  await load.run(count, touch(before));
  const taken = (server.memory - memory) / count;
  load.close();
  await server.end();
  return taken;
}

async function ofSocket(name: string): Promise<number> {
  const server = await Server.start({ only: new URL(`objects/${name}.ts`, import.meta.url) });
  const first = await Sockets.open(server.portOf("only"), "/live?room", before);
  const memory = server.memory;
  const others = await Sockets.open(server.portOf("only"), "/live?room", count);
  const taken = (server.memory - memory) / count;
  first.close();
  others.close();
  await server.end();
  return taken;
}

function rowOf(what: string, pairs: readonly Pair[]): Row {
  // Each pair is two processes of its own.
  const processes = pairs.map((pair) => [pair]);
  const { both, loom, other } = summarize(processes, (pair) => (pair.loom - pair.other) / 1000);
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  return {
    what: `Memory of workerd, over a hand-written class: ${what}`,
    measured: `+${both.median.toFixed(1)} kB`.replace("+-", "−"),
    interval: `${both.low.toFixed(1)} – ${both.high.toFixed(1)}`,
    beside: `Loom ${kilobytes(loom.median)} kB, by hand ${kilobytes(other.median)} kB; ${count} each in ${processes.length} processes`,
  };
}
