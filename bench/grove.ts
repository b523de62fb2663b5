import { costRows } from "./grove/cost-rows.ts";
import { d1Rows } from "./grove/d1-rows.ts";
import { measureSessions } from "./grove/sessions.ts";
import { usedByHand, usedByObjects } from "./grove/traffic.ts";
import { GroveServer } from "./support/grove-server.ts";
import type { Effort, Row } from "./support/row.ts";

/** The figures of Grove's design document: what its objects spare D1, and what they cost themselves. */
export async function measureGrove(effort: Effort): Promise<Row[]> {
  const [objects, byHand] = await GroveServer.run((server) =>
    Promise.all([usedByObjects(server, 60), usedByHand(server, 60)]),
  );
  const crowded = await GroveServer.run((server) => usedByObjects(server, 5));
  return [
    ...d1Rows({ hour: objects, fiveMinutes: crowded, byHand }),
    ...(await measureSessions(effort)),
    ...costRows(objects, byHand),
  ];
}
