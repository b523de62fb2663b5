import type { Arming } from "../alarm/arming.ts";
import type { Blueprint } from "../blueprint.ts";
import type { Http } from "../http/dispatch.ts";
import type { Fields } from "../persistence/fields.ts";
import type { StateRecord } from "../persistence/record.ts";
import type { Turn } from "../persistence/turn.ts";
import type { Savepoints } from "./savepoints.ts";
import type { Start } from "./start.ts";

/** Where an object keeps what is Loom's: under a symbol, which no RPC caller can name. */
export const internals: unique symbol = Symbol("loom.internals");

/** Loom's own part of one object. */
export interface Internals {
  readonly blueprint: Blueprint;
  readonly turn: Turn;
  readonly fields: Fields;
  readonly record: StateRecord;
  readonly start: Start;
  /** Undefined for a class without recurring alarms. */
  readonly arming: Arming | undefined;
  /** What a transaction that rolls back takes back. */
  readonly savepoints: Savepoints;
  /** Its routes; `routes()` is asked once, by the first request. */
  http: Http | undefined;
}
