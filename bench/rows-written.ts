import { Load } from "./support/load.ts";
import type { Row } from "./support/row.ts";
import { Server } from "./support/server.ts";

const [atWake, inRequest] = [0, 1];

/** Counts the rows that SQLite changed: on a first wake, and for three fields set in one request. */
export async function countRows(): Promise<Row[]> {
  const server = await Server.start({ rows: new URL("objects/rows.ts", import.meta.url) });
  const load = await Load.open(server.portOf("rows"), 1);
  const rows = async () => Number(await load.run(1, () => "GET /rows?one"));
  const woken = await rows();
  await load.run(1, () => "POST /three?one");
  const changed = (await rows()) - woken;
  load.close();
  await server.end();
  return [
    { what: "Rows: first wake, nothing stored", measured: `${woken}`, goal: `${atWake}`, isReached: woken <= atWake },
    {
      what: "Rows: three fields in a request",
      measured: `${changed}`,
      goal: `${inRequest}`,
      isReached: changed <= inRequest,
    },
  ];
}
