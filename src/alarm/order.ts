import { LOOM_ERRORS } from "../catalogue.ts";
import { fromDataText } from "../data/data-text.ts";
import { lengthOf } from "../data/length-of-time.ts";
import { parseNow } from "../data/parse-now.ts";
import { LoomError } from "../errors.ts";
import type { AlarmHost } from "./host.ts";
import { idOf, isOwn, nameOf, rowKey } from "./key.ts";
import { newRow } from "./new-row.ts";
import { longestWait } from "./policy.ts";
import type { AlarmKey, AlarmPayload, AlarmReference, PendingAlarm, When } from "./schedule-types.ts";
import type { RecurrenceOptions } from "./recurrence.ts";
import type { AlarmRow, AlarmTarget, NextRun } from "./target.ts";
import type { Timetable } from "./timetable.ts";

/** What `schedule` was called with: the time of the unnamed alarm, or a target, its time, payload and key. */
export type Given =
  | readonly [when: Times]
  | readonly [target: AlarmReference, when: Times, payload?: unknown, options?: AlarmKey];

/** Once, or again and again. */
type Times = When | RecurrenceOptions;

const longestKey = 512;
// The platform takes no alarm after 2189 (workerd 2026-10-01).
const latest = Date.UTC(2189, 0);

/** What a call of `schedule` or `ensureScheduled` asks for; throws for what cannot be done. */
export function orderOf(host: AlarmHost, given: Given, call: string): AlarmRow {
  const [reference, when, payload, options] = given.length === 1 ? ["", given[0]] : given;
  const target = targetOf(host, reference as AlarmReference, call);
  const where = `${call} ${target.name || "the unnamed alarm"}`;
  const times = timesOf(target, when as Times, where);
  if (target.schema) parseNow(target.schema, payload, `${where}: the payload`);
  return newRow({ ...times, key: rowKey(target.name, keyIn(options as AlarmKey | undefined, where)), payload });
}

function timesOf({ recur }: AlarmTarget, when: Times, where: string): NextRun {
  if (!isRecurrence(when)) return { due: dueAt(when, where), spec: null };
  if (!recur) throw refused(`${where}: only what has @Alarm recurs. Put it on the method.`);
  return recur(when, where);
}

function isRecurrence(when: Times): when is RecurrenceOptions {
  return typeof when === "object" && when !== null && !(when instanceof Date);
}

/** The target that `reference` means; throws an error that names `where` and the alarms there are. */
export function targetOf({ targets, object }: AlarmHost, reference: AlarmReference, where: string): AlarmTarget {
  const found =
    typeof reference === "function"
      ? [...targets.values()].find(({ handlerOf }) => handlerOf?.(object) === reference)
      : targets.get(reference);
  // Loom's own, a batch's delivery say, are not the user's to schedule.
  if (found && !isOwn(found.name)) return found;
  const known = [...targets.keys()].filter((name) => name !== "" && !isOwn(name)).map((name) => JSON.stringify(name));
  throw refused(`${where}: ${problemOf(reference)} There are ${known.join(", ") || "none"}.`);
}

function problemOf(reference: AlarmReference): string {
  if (reference === "") return "nothing runs the unnamed alarm. Write `onAlarm() { … }`, or name an alarm.";
  if (typeof reference === "string") return `no alarm is called ${JSON.stringify(reference)}. Put @Alarm on a method.`;
  return `the method ${reference.name} is no alarm. Put @Alarm on it.`;
}

/** The user's key in `options`. */
export function keyIn(options: AlarmKey | undefined, where: string): string | undefined {
  const key: unknown = options?.key;
  if (key === undefined || (typeof key === "string" && key.length <= longestKey)) return key;
  throw refused(`${where}: the key is no text of at most ${longestKey} characters. Write \`{ key: id }\`.`);
}

/** `when` in Unix milliseconds: a Date as it is, a length of time from now on; what is past is now. */
function dueAt(when: When, where: string): number {
  const now = Date.now();
  const delay = when instanceof Date ? when.getTime() - now : lengthOf(when);
  if (delay === undefined) {
    const shown = typeof when === "function" ? "a method" : String(when);
    throw refused(`${where}: ${shown} is no time. Write a delay in milliseconds, \`"5m"\` or a Date.`);
  }
  if (!(when instanceof Date) && delay > longestWait) {
    throw refused(`${where}: a delay of ${when} is over three years. For a point in time pass a Date.`);
  }
  if (now + delay <= latest) return Math.max(now, Math.ceil(now + delay));
  throw refused(`${where}: the Date is invalid or after 2188. Write one that is neither.`);
}

/** True when the alarm of `row` would run by its time, or recurs as it does, without it. */
export function comesInTime(
  timetable: Timetable,
  targets: AlarmHost["targets"],
  { key, due, spec }: AlarmRow,
): boolean {
  const before = timetable.dueOf(key);
  if (spec === null) return before !== undefined && before <= due;
  const row = timetable.rowOf(key);
  return row !== undefined && targets.get(nameOf(key))?.recursAs?.(row, spec) === true;
}

/** A row as users see it. */
export function pendingOf(row: AlarmRow, targets: AlarmHost["targets"]): PendingAlarm {
  const { key, due, payload, attempt } = row;
  const recurrence = targets.get(nameOf(key))?.recurrenceIn?.(row);
  const pending = { name: nameOf(key), key: idOf(key), payload: payloadOf(payload), attempts: attempt };
  return { ...pending, scheduledTime: new Date(due), ...(recurrence && { recurrence }) };
}

/** What `text`, a row's payload, stands for. */
export function payloadOf(text: string | null): AlarmPayload {
  return text === null ? undefined : (fromDataText(text) as AlarmPayload); // plain data is all that it reads
}

/** The error for an alarm that cannot be scheduled. */
export function refused(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message });
}
