import type { SentinelSystem } from "../../types.ts";
import type { Operation } from "./operation.ts";
import { reads, writes } from "./operations/d1.ts";
import { authFlows, mediaOps, postCrud } from "./operations/flows.ts";
import { gets, puts } from "./operations/kv.ts";
import { downloads, uploads } from "./operations/r2.ts";

/** What there is to be done to each system. */
export const operations: ReadonlyMap<string, readonly Operation[]> = new Map(
  Object.entries({
    ...{ d1_writes: writes, d1_reads: reads, kv_get: gets, kv_put: puts, r2_upload: uploads, r2_download: downloads },
    ...{ auth_flows: authFlows, post_crud: postCrud, media_ops: mediaOps },
  } satisfies Record<SentinelSystem, readonly Operation[]>),
);

/** One of a system's operations, each as often as the others; `chance` is 0 to 1. */
export function chooseOperation(system: string, chance: number): Operation | undefined {
  const known = operations.get(system) ?? [];
  return known[Math.floor(chance * known.length)];
}
