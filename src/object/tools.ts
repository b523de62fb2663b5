import type { AnyLoomDO } from "../types.ts";
import type { AlarmScheduler } from "../alarm/alone.ts";
import type { Batches } from "../batch.ts";
import type { Cache } from "../cache.ts";
import type { PromiseLockMap } from "../lock.ts";
import type { LoomLogger } from "../logger.ts";
import type { JsonStore, SqlHelper } from "../storage.ts";
import type { WebSocketManager } from "../websocket.ts";

/** What parts and decorators reach on an object: its own fields, which TypeScript shows to subclasses only. */
export interface Tools {
  readonly ctx: DurableObjectState;
  readonly env: unknown;
  readonly log: LoomLogger;
  readonly alarms: AlarmScheduler;
  readonly batches: Batches;
  readonly sockets: WebSocketManager;
  readonly locks: PromiseLockMap;
  readonly cache: Cache;
  readonly sql: SqlHelper;
  readonly store: JsonStore;
}

/** The tools of `object`. */
export function toolsOf(object: AnyLoomDO): Tools {
  return object as unknown as Tools; // protected members: the one place that looks past the word
}

/** The names of an object's tools, which no member of a class may take. */
export const toolNames = [
  "log",
  "alarms",
  "sockets",
  "locks",
  "cache",
  "sql",
  "store",
  "batches",
  "state_data",
] as const;
