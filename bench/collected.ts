import { Load } from "./support/load.ts";
import type { Row } from "./support/row.ts";
import { Server } from "./support/server.ts";

const entries = 100;

/** Counts the rows that entries of a live collection take, new ones and equal ones. */
export async function countCollectionRows(): Promise<Row[]> {
  const server = await Server.start({ collected: new URL("objects/collected.ts", import.meta.url) });
  const load = await Load.open(server.portOf("collected"), 1);
  const rows = async () => Number(await load.run(1, () => "GET /rows?one"));
  const rowsOf = async (count: number, text: string) => {
    const before = await rows();
    await load.run(1, () => `PUT /drafts/${count}/${text}?one`);
    return (await rows()) - before;
  };
  const first = await rowsOf(1, "one");
  const other = (await rowsOf(entries, "another")) / entries;
  const equal = (await rowsOf(entries, "another")) / entries;
  load.close();
  await server.end();
  return [
    rowOf("an entry of a collection", other, 1, `the very first, its table included: ${first}`),
    rowOf("an entry set to what it is", equal, 0),
  ];
}

function rowOf(what: string, rows: number, goal: number, beside?: string): Row {
  const row = { what: `Rows: ${what}`, measured: `${rows}`, goal: `${goal}`, isReached: rows <= goal };
  return beside === undefined ? row : { ...row, beside };
}
