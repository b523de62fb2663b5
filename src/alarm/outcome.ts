import { idOf } from "./key.ts";
import type { AlarmRow, NextRun } from "./target.ts";

/** What the log says of a run whose row has left. */
export const replaced = {
  hint: "It was cancelled or scheduled anew while it ran: this run is not tried again.",
} as const;

/** What the log says of a run that is kept as the failure `id`. */
export function keptAs(id: number, { key }: AlarmRow): object {
  const hint = `It is kept in \`alarms.failed()\`: \`alarms.retry(${id})\` has it run again.`;
  return { key: idOf(key), isLast: true, hint };
}

/** What the log says of a run whose retry would come after the next run. */
export function givesWay({ key }: AlarmRow, { due }: NextRun): object {
  return { key: idOf(key), isLast: true, hint: `It gives way to the next run, at ${new Date(due).toISOString()}.` };
}

/** The row of the run that follows. */
export function runOf(row: AlarmRow, next: NextRun): AlarmRow {
  return { ...row, first: next.due, ...next, attempt: 0, strikes: 0 };
}
