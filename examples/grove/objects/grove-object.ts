import { Loom, LoomDO } from "loom-do";
import { answerInvalid } from "../invalid.ts";
import type { GroveEnv } from "../types.ts";

/** What Grove's objects have in common. */
@Loom({ rpc: "declared", invalid: answerInvalid, maxBody: 8 * 1024 * 1024 })
export abstract class GroveObject extends LoomDO<unknown, GroveEnv> {
  /** Grove's callers send JSON as a plain string, which `fetch` labels text/plain. */
  override fetch(request: Request) {
    if (request.body === null) return super.fetch(request);
    const labelled = new Request(request);
    labelled.headers.set("Content-Type", "application/json");
    return super.fetch(labelled);
  }
}
