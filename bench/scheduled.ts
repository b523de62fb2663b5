import { Load } from "./support/load.ts";
import type { Row } from "./support/row.ts";
import { Server } from "./support/server.ts";

const minute = 60_000;

/** Counts the rows, an alarm set being one, that scheduling and running take once the table is there. */
export async function countAlarmRows(): Promise<Row[]> {
  const server = await Server.start({ scheduled: new URL("objects/scheduled.ts", import.meta.url) });
  const load = await Load.open(server.portOf("scheduled"), 1);
  const post = async (path: string) => Number(await load.run(1, () => `POST ${path}?one`));
  const first = await post(`/schedule/second/${20 * minute}`);
  const rows = [
    rowOf("schedule, the platform's alarm moves", await post(`/schedule/first/${10 * minute}`), 2),
    rowOf("schedule, the platform's alarm stays", await post(`/schedule/third/${30 * minute}`), 1),
    rowOf("run an alarm, others pending", await post("/run"), 2),
  ];
  for (const name of ["first", "second", "third"]) await load.run(1, () => `POST /cancel/${name}?one`);
  rows.push(rowOf("run the last alarm", await post("/run"), 1));
  load.close();
  await server.end();
  return rows.map((row, at) => (at === 0 ? { ...row, beside: `the very first, its table included: ${first}` } : row));
}

function rowOf(what: string, rows: number, goal: number): Row {
  return { what: `Rows: ${what}`, measured: `${rows}`, goal: `${goal}`, isReached: rows <= goal };
}
