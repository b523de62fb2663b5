import { GroveServer, type Side } from "../support/grove-server.ts";
import type { Load } from "../support/load.ts";
import { interleave, type Pair, summarize } from "../support/rounds.ts";
import type { Effort, Row } from "../support/row.ts";

const readers = 250;

/** What of a round's requests took this long or less, in milliseconds. */
interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** What one process measured. */
interface Measured {
  readonly pairs: readonly Pair<Times>[];
  /** A request that asks nobody. */
  readonly empty: Times;
}

/** Sessions validated by the objects of their users, which are awake, and by a statement each to D1. */
export async function measureSessions({ isQuick }: Effort): Promise<Row[]> {
  const processes: Measured[] = [];
  for (let at = 0; at < (isQuick ? 1 : 4); at++)
    processes.push(await GroveServer.run((server) => measure(server, isQuick ? 6 : 20)));
  const empty = Math.min(...processes.map((measured) => measured.empty.p50)).toFixed(2);
  const pairs = processes.map((measured) => measured.pairs);
  return [
    rowOf("p50", pairs, `a request that asks nobody ${empty} ms`),
    rowOf("p99", pairs, "D1 here is on this machine, which D1 in production is not"),
  ];
}

async function measure(server: GroveServer, rounds: number): Promise<Measured> {
  const [loom, other] = [await openedSite(server, "loom"), await openedSite(server, "other")];
  const validate = (load: Load) => () => timesOf(load, (reader) => `POST /validate?reader=${reader}`);
  const sides = { loom: validate(loom), other: validate(other) };
  await interleave(2, sides);
  const pairs = await interleave(rounds, sides);
  const empty = await timesOf(loom, () => "POST /nothing");
  for (const load of [loom, other]) load.close();
  return { pairs, empty };
}

async function openedSite(server: GroveServer, side: Side): Promise<Load> {
  const load = await server.open(side);
  await load.run(1, () => "POST /open");
  return load;
}

/** A request for each reader, one after the other. */
async function timesOf(load: Load, head: (reader: number) => string): Promise<Times> {
  const times: number[] = [];
  for (let reader = 0; reader < readers; reader++) {
    const started = performance.now();
    await load.run(1, () => head(reader));
    times.push(performance.now() - started);
  }
  times.sort((one, other) => one - other);
  return { p50: times[Math.floor(readers * 0.5)]!, p99: times[Math.floor(readers * 0.99)]! };
}

function rowOf(key: keyof Times, processes: readonly (readonly Pair<Times>[])[], note: string): Row {
  const taken = processes.map((pairs) => pairs.map(({ loom, other }) => ({ loom: loom[key], other: other[key] })));
  const { both, loom, other } = summarize(taken, (pair) => pair.loom / pair.other);
  return {
    what: `Grove, a session validated, its object over D1: ${key} of the request`,
    measured: both.median.toFixed(2),
    interval: `${both.low.toFixed(2)} – ${both.high.toFixed(2)}`,
    goal: "< 1",
    isReached: both.median < 1,
    beside: `object ${loom.median.toFixed(2)} ms, D1 ${other.median.toFixed(2)} ms; ${note}`,
  };
}
