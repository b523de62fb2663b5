import { setTimeout } from "node:timers/promises";
import { Load } from "./support/load.ts";
import type { Row } from "./support/row.ts";
import { Server } from "./support/server.ts";

const goal = 1.1;
const perBatch = 100;
const batches = 10;

/** Counts the rows an item takes on its way through a batch of a hundred, in and out. */
export async function countBatchRows(): Promise<Row[]> {
  const server = await Server.start({ batched: new URL("objects/batched.ts", import.meta.url) });
  const load = await Load.open(server.portOf("batched"), 1);
  await rowsOf(load, 1, perBatch); // makes the tables
  const each = await rowsOf(load, perBatch * batches, 1);
  const together = await rowsOf(load, batches, perBatch);
  load.close();
  await server.end();
  return [rowOf("each in a request of its own", each), rowOf("all in one turn", together)];
}

/** The rows an item, when `requests` bring `items` each and all have been delivered. */
async function rowsOf(load: Load, requests: number, items: number): Promise<number> {
  const before = await stateOf(load);
  await load.run(requests, () => `POST /visits/${items}?one`);
  const delivered = before.delivered + requests * items;
  let [last, now] = [before, await stateOf(load)];
  // Delivered, and nothing has been written since: the rows are off the table too.
  for (let polls = 0; now.delivered < delivered || now.rows !== last.rows; polls++) {
    if (polls > 100) throw new Error(`Of ${delivered} items ${now.delivered} were delivered.`);
    await setTimeout(200);
    [last, now] = [now, await stateOf(load)];
  }
  return (now.rows - before.rows) / (requests * items);
}

async function stateOf(load: Load): Promise<{ delivered: number; rows: number }> {
  return JSON.parse(await load.run(1, () => "GET /state?one")) as { delivered: number; rows: number };
}

function rowOf(what: string, rows: number): Row {
  return {
    what: `Rows: an item in a batch of 100, in and out: ${what}`,
    measured: rows.toFixed(3),
    goal: `≤ ${goal}`,
    isReached: rows <= goal,
  };
}
