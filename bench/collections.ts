import { Load } from "./support/load.ts";
import { interleave, type Pair, summarize } from "./support/rounds.ts";
import type { Effort, Row } from "./support/row.ts";
import { Server } from "./support/server.ts";

const perWrite = 5000;
const reads = 10_000;

/** What a process did: CPU time of workerd in microseconds, memory in bytes. */
interface Taken {
  readonly write: number;
  readonly writePeak: number;
  readonly walk: number;
  readonly size: number;
  readonly get: number;
  readonly readPeak: number;
}

/** A million entries of a live collection against `storage.kv`: written in turns of 5,000, read after a restart. */
export async function measureCollections({ isQuick }: Effort): Promise<Row[]> {
  const entries = isQuick ? 100_000 : 1_000_000;
  const side = (name: string) => () => measure(name, entries);
  const pairs = await interleave(isQuick ? 1 : 3, { loom: side("collection"), other: side("collection-by-hand") });
  const time = (key: keyof Taken, count: number) => rowOf(pairs, { key, unit: "µs", divisor: count });
  const peak = (key: keyof Taken) => rowOf(pairs, { key, unit: "MB", divisor: 1e6 });
  const titles: [string, Omit<Row, "what">][] = [
    ["written", time("write", entries)],
    ["walked", time("walk", entries)],
    ["counted after a wake", time("size", entries)],
    ["one read by its key", time("get", reads)],
    ["peak memory, writing", peak("writePeak")],
    ["peak memory, reading", peak("readPeak")],
  ];
  return titles.map(([what, row]) => ({
    what: `${entries.toLocaleString("en")} entries, over storage.kv: ${what}`,
    ...row,
  }));
}

async function measure(name: string, entries: number): Promise<Taken> {
  const server = await Server.start({ only: new URL(`objects/${name}.ts`, import.meta.url) });
  const write = await cpuOf(server, async (load) => {
    for (let from = 0; from < entries; from += perWrite) await load.run(1, () => `POST /write/${from}/${perWrite}?one`);
  });
  const writePeak = server.peakMemory;
  await server.restart();
  const get = (path: string) => cpuOf(server, (load) => load.run(1, () => `GET ${path}?one`));
  const size = await get("/size");
  const walk = await get("/walk");
  const taken = { write, writePeak, size, walk, get: await get(`/get/${reads}/${entries / reads}`) };
  const readPeak = server.peakMemory;
  await server.end();
  return { ...taken, readPeak };
}

async function cpuOf(server: Server, work: (load: Load) => Promise<unknown>): Promise<number> {
  const load = await Load.open(server.portOf("only"), 1);
  const before = server.cpuTime;
  await work(load);
  const taken = server.cpuTime - before;
  load.close();
  return taken;
}

interface Shown {
  readonly key: keyof Taken;
  readonly unit: string;
  readonly divisor: number;
}

function rowOf(pairs: readonly Pair<Taken>[], { key, unit, divisor }: Shown): Omit<Row, "what"> {
  const values = pairs.map(({ loom, other }) => [{ loom: loom[key] / divisor, other: other[key] / divisor }]);
  const { both, loom, other } = summarize(values, (pair) => pair.loom / pair.other);
  return {
    measured: both.median.toFixed(2),
    ...(pairs.length > 1 && { interval: `${both.low.toFixed(2)} – ${both.high.toFixed(2)}` }),
    beside: `Loom ${loom.median.toFixed(2)} ${unit}, by hand ${other.median.toFixed(2)} ${unit}`,
  };
}
