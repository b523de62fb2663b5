import { batchesOf, type BatchTable } from "../batch/declared.ts";
import type { Constructor } from "../metadata.ts";
import { delayedSaveTarget } from "../persistence/delayed-save.ts";
import { alarmTargetsOf } from "./declared.ts";
import type { RecurringTarget } from "./recurring.ts";
import type { AlarmTarget } from "./target.ts";

/** What objects of a class do at a time of its own. */
export interface Times {
  /** What can run, by name. */
  readonly alarms: ReadonlyMap<string, AlarmTarget>;
  /** Those of them that run again and again. */
  readonly recurrences: readonly RecurringTarget[];
  /** Undefined for a class without sinks. */
  readonly batches: BatchTable | undefined;
}

/** What `ctor` declares to run by itself. */
export function timesOf(ctor: Constructor): Times {
  const batches = batchesOf(ctor);
  const targets = [...alarmTargetsOf(ctor), ...(batches?.targets ?? []), delayedSaveTarget];
  const alarms = new Map(targets.map((target) => [target.name, target]));
  return { alarms, recurrences: targets.filter(isRecurring), batches };
}

function isRecurring(target: AlarmTarget): target is RecurringTarget {
  return "recurrence" in target;
}
