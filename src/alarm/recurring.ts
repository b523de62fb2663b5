import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { Arming } from "./arming.ts";
import { type Recurrence, type RecurrenceOptions, recurrenceOf } from "./recurrence.ts";
import type { AlarmInfo, AlarmTarget, FinishedRun, NextRun } from "./target.ts";

/** A target that runs again and again. */
export interface RecurringTarget extends AlarmTarget {
  readonly recurrence: Recurrence;
  /** What starts `targets`, all that recur in `object`. */
  armingOf(object: AnyLoomDO, targets: readonly RecurringTarget[]): Arming;
}

/** `target`, run again and again if `options` say so. */
export function recurring(target: AlarmTarget, options: RecurrenceOptions, where: string): AlarmTarget {
  const recurrence = recurrenceOf(options, where);
  if (recurrence === undefined) return target;
  const found: RecurringTarget = {
    ...target,
    recurrence,
    armingOf: (owner, targets) => new Arming(owner, targets),
    run: (object, payload, info) => (isLeftOut(object, found, info) ? undefined : target.run(object, payload, info)),
    next: (finished) => nextOf(found, finished),
  };
  return found;
}

function isLeftOut(object: AnyLoomDO, { name, recurrence }: RecurringTarget, info: AlarmInfo): boolean {
  const { attempt, scheduledTime, key } = info;
  // A run that has begun is ended: its retries are late by nature.
  if (attempt > 1 || key !== undefined || !recurrence.skips(scheduledTime.getTime(), Date.now())) return false;
  toolsOf(object).log.warn("A run comes too late and is left out.", { alarm: name, scheduledTime });
  return true;
}

/** What is scheduled under a key of its own runs once, beside the recurrence. */
function nextOf({ name, recurrence }: RecurringTarget, { row, result }: FinishedRun): NextRun | undefined {
  if (row.key !== name || result === false) return undefined;
  const { due, scheduled } = recurrence.next(row.first, Date.now());
  return { due, first: scheduled, spec: recurrence.spec };
}
