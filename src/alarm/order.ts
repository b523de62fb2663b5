import { LOOM_ERRORS } from "../catalogue.ts";
import { fromDataText } from "../data/data-text.ts";
import { lengthOf } from "../data/length-of-time.ts";
import { parseNow } from "../data/parse-now.ts";
import { LoomError } from "../errors.ts";
import type { AlarmHost } from "./host.ts";
import { idOf, isOwn, nameOf, rowKey } from "./key.ts";
import { longestWait } from "./policy.ts";
import type { AlarmKey, AlarmPayload, AlarmReference, PendingAlarm, When } from "./schedule-types.ts";
import type { AlarmRow, AlarmTarget } from "./target.ts";

/** What `schedule` was called with: the time of the unnamed alarm, or a target, its time, payload and key. */
export type Given =
  | readonly [when: When]
  | readonly [target: AlarmReference, when: When, payload?: unknown, options?: AlarmKey];

/** What is to be written. */
export interface Order {
  readonly key: string;
  readonly due: number;
  readonly payload: unknown;
}

const longestKey = 512;
// The platform takes no alarm after 2189 (workerd 2026-10-01).
const latest = Date.UTC(2189, 0);

/** What a call of `schedule` or `ensureScheduled` asks for; throws for what cannot be done. */
export function orderOf(host: AlarmHost, given: Given, call: string): Order {
  const [reference, when, payload, options] = given.length === 1 ? ["", given[0]] : given;
  const { name, schema } = targetOf(host, reference as AlarmReference, call);
  const where = `${call} ${name || "the unnamed alarm"}`;
  const due = dueAt(when as When, where);
  if (schema) parseNow(schema, payload, `${where}: the payload`);
  return { key: rowKey(name, keyIn(options as AlarmKey | undefined, where)), due, payload };
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

/** A row as users see it. */
export function pendingOf({ key, due, payload, attempt }: AlarmRow): PendingAlarm {
  const scheduledTime = new Date(due);
  return { name: nameOf(key), key: idOf(key), payload: payloadOf(payload), scheduledTime, attempts: attempt };
}

/** What `text`, a row's payload, stands for. */
export function payloadOf(text: string | null): AlarmPayload {
  return text === null ? undefined : (fromDataText(text) as AlarmPayload); // plain data is all that it reads
}

/** The error for an alarm that cannot be scheduled. */
export function refused(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message });
}
