import type { AlarmTarget } from "../alarm/target.ts";
import type { Batches } from "../batch.ts";
import { type Constructor, Registry } from "../metadata.ts";
import type { AnyLoomDO } from "../types.ts";
import type { Method } from "../declare/wrap.ts";
import type { BatchRules } from "./options.ts";

/** A method under @Batched. */
export interface BatchEntry {
  readonly member: string | symbol;
  /** What its items are stored under. */
  readonly name: string;
  /** Where it was declared, for error messages. */
  readonly where: string;
  readonly rules: BatchRules;
  handlerOf(object: AnyLoomDO): Method;
  /** Finds the sinks of a class: known to the decorator only, so that a class without any has no code for it. */
  readonly compile: (ctor: Constructor) => BatchTable;
}

/** The sinks of a class. */
export interface BatchTable {
  readonly entries: readonly BatchEntry[];
  /** What delivers their batches. */
  readonly targets: readonly AlarmTarget[];
  /** Makes the tool that objects add to. */
  toolOf(object: AnyLoomDO): Batches;
}

/** What @Batched recorded. */
export const batched = new Registry<BatchEntry>("loom:batches");

/** The sinks of `ctor`; undefined for a class without any. */
export function batchesOf(ctor: Constructor): BatchTable | undefined {
  return batched.of(ctor)[0]?.compile(ctor);
}
