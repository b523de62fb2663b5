import type { AnyLoomDO } from "../types.ts";
import { Arming } from "./arming.ts";
import { refused } from "./order.ts";
import { type OwnSpec, ownSpecOf, textOfSpec } from "./own-spec.ts";
import { type Recurrence, type RecurrenceOptions, recurrenceOf } from "./recurrence.ts";
import type { AlarmRow, AlarmTarget, FinishedRun, NextRun } from "./target.ts";

/** A target that runs again and again. */
export interface RecurringTarget extends AlarmTarget {
  readonly recurrence: Recurrence;
  /** What starts `targets`, all that recur in `object`. */
  armingOf(object: AnyLoomDO, targets: readonly RecurringTarget[]): Arming;
}

/** How one row recurs. */
interface Recurring {
  readonly recurrence: Recurrence;
  /** What the row was scheduled with; undefined for what its target declares. */
  readonly own: OwnSpec | undefined;
}

/** `target`, run again and again if `options` say so, and its rows that were scheduled to recur. */
export function recurring(target: AlarmTarget, options: RecurrenceOptions, where: string): AlarmTarget {
  const declared = recurrenceOf(options, where);
  const of = reading({ name: target.name, declared, where });
  const found: AlarmTarget = {
    ...target,
    recur: firstOf,
    isLeftOut: (row) => isLeftOut(row, of(row)),
    next: (run) => nextOf(run, of(run.row)),
    nextBefore: (row, time) => nextBefore(row, of(row), time),
    isRetried: ({ spec }) => ownSpecOf(spec)?.resume !== undefined,
    recurrenceIn: ({ spec }) => ownSpecOf(spec)?.options,
    recursAs,
    specBefore,
  };
  if (!declared) return found;
  const again: RecurringTarget = {
    ...found,
    recurrence: declared,
    armingOf: (owner, targets) => new Arming(owner, targets),
  };
  return again;
}

interface Declared {
  readonly name: string;
  readonly declared: Recurrence | undefined;
  readonly where: string;
}

/** Reads how a row recurs: once for each, for it is asked several times a run, and a pattern takes a while to read. */
function reading({ name, declared, where }: Declared): (row: AlarmRow) => Recurring | undefined {
  const read = ({ key, spec }: AlarmRow): Recurring | undefined => {
    const own = ownSpecOf(spec);
    if (own) return { own, recurrence: recurrenceOf(own.options, where)! };
    // What is scheduled under a key of its own runs once, beside the recurrence.
    return declared && key === name ? { own, recurrence: declared } : undefined;
  };
  const known = new WeakMap<AlarmRow, Recurring | undefined>();
  return (row) => {
    if (!known.has(row)) known.set(row, read(row));
    return known.get(row);
  };
}

/** The first run of what is scheduled to recur as `options` say. */
function firstOf(options: RecurrenceOptions, where: string): NextRun {
  const recurrence = recurrenceOf(options, where);
  if (recurrence) return { due: recurrence.first(Date.now()), spec: textOfSpec({ options }) };
  throw refused(`${where}: says no time. Write \`{ every: "1h" }\`, or \`{ cron: "0 9 * * *" }\`.`);
}

function recursAs(row: AlarmRow, spec: string): boolean {
  const own = ownSpecOf(row.spec);
  return own !== undefined && textOfSpec({ options: own.options }) === spec;
}

function specBefore({ attempt, first, spec }: AlarmRow): string | undefined {
  const own = ownSpecOf(spec);
  // The tries of one that has begun would be lost, and so would the next time that it keeps itself.
  return own && !own.resume && attempt === 0 ? textOfSpec({ ...own, resume: first }) : undefined;
}

function isLeftOut({ attempt, first }: AlarmRow, found: Recurring | undefined): boolean {
  // A run that has begun is ended: its retries are late by nature, as is one that was given up and is tried again.
  return attempt === 0 && !found?.own?.resume && found?.recurrence.skips(first, Date.now()) === true;
}

function nextOf({ row, result }: FinishedRun, found: Recurring | undefined): NextRun | undefined {
  if (!found || result === false) return undefined;
  const { own, recurrence } = found;
  const spec = own ? textOfSpec({ options: own.options }) : recurrence.spec;
  if (own?.resume) return { due: own.resume, spec };
  const { due, scheduled } = recurrence.next(row.first, Date.now());
  return { due, first: scheduled, spec };
}

/** The next run of what fails, if it comes before a retry at `time` would. */
function nextBefore(row: AlarmRow, found: Recurring | undefined, time: number): NextRun | undefined {
  // Where each time has its run, the next waits for this one.
  if (!found || found.recurrence.isInOrder) return undefined;
  const next = nextOf({ row, result: undefined, succeeded: false }, found);
  return next && next.due <= time ? next : undefined;
}
