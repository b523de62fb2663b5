import { LOOM_ERRORS } from "../catalogue.ts";
import { fromDataText } from "../data/data-text.ts";
import { LoomError } from "../errors.ts";
import { targetOf } from "./directory.ts";
import type { AlarmHost } from "./host.ts";
import { idOf, nameOf, rowKey } from "./key.ts";
import { checkPayload } from "./payload.ts";
import type { AlarmKey, AlarmReference, PendingAlarm, When } from "./schedule-types.ts";
import type { AlarmRow } from "./target.ts";
import { dueAt } from "./when.ts";

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

/** What a call of `schedule` or `ensureScheduled` asks for; throws for what cannot be done. */
export function orderOf(host: AlarmHost, given: Given, where: string): Order {
  const [reference, when, payload, options] = given.length === 1 ? ["", given[0]] : given;
  const { name, schema } = targetOf(host, reference as AlarmReference, where);
  const place = `${where} ${name || "the unnamed alarm"}`;
  const due = dueAt(when as When, place);
  if (schema) checkPayload(schema, payload, place);
  return { key: rowKey(name, keyIn(options as AlarmKey | undefined, place)), due, payload };
}

/** The user's key in `options`. */
export function keyIn(options: AlarmKey | undefined, where: string): string | undefined {
  const key: unknown = options?.key;
  if (key === undefined || (typeof key === "string" && key.length <= longestKey)) return key;
  const message = `${where}: the key is no text of at most ${longestKey} characters. Write \`{ key: id }\`.`;
  throw new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message });
}

/** A row as users see it. */
export function pendingOf({ key, due, payload, attempt }: AlarmRow): PendingAlarm {
  const data = payload === null ? undefined : fromDataText(payload);
  return { name: nameOf(key), key: idOf(key), payload: data, scheduledTime: new Date(due), attempts: attempt };
}
