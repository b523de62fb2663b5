import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { LoomLogger } from "../logger.ts";
import type { Remembering } from "../object/savepoints.ts";
import type { AnyLoomDO } from "../types.ts";
import type { Arming } from "./arming.ts";
import type { AlarmTarget } from "./target.ts";

/** What alarms need of the object they belong to. */
export interface AlarmHost {
  readonly storage: DurableObjectStorage;
  readonly targets: ReadonlyMap<string, AlarmTarget>;
  /** What handlers are given as their object. */
  readonly object: AnyLoomDO;
  readonly log: Pick<LoomLogger, "warn" | "loomError">;
  /** Undefined when events may run, else what they wait for. */
  enter(): Promise<void> | undefined;
  /** Resets the object to what is on disk. */
  fail(cause: unknown): void;
  /** Told of each row: the first that an object stores starts its recurrences. */
  noteWrite(): void;
  /** Has transactions that roll back include `part`. */
  remember(part: Remembering): void;
  /** What a handler returned, when what it changed is saved. */
  settle(outcome: unknown): unknown;
  /** Starts what recurs; undefined where nothing does. */
  readonly arming?: Pick<Arming, "start" | "noteWrite"> | undefined;
}

/** A LoomDO as its alarms see it. */
export function hostOf(object: AnyLoomDO): AlarmHost {
  const { blueprint, turn, start, savepoints, record, arming } = object[internals];
  const { ctx } = toolsOf(object);
  return {
    object,
    storage: ctx.storage,
    targets: blueprint.alarms,
    get log() {
      return toolsOf(object).log;
    },
    enter: () => start.enter(),
    fail: (cause) => turn.fail(cause),
    noteWrite: () => arming?.noteWrite(),
    remember: (part) => savepoints.add(part),
    settle: (outcome) => record.settle(outcome),
    arming,
  };
}
