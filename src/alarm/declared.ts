import type { StandardSchema } from "../data/standard-schema.ts";
import type { Method } from "../declare/wrap.ts";
import { type Constructor, Registry } from "../metadata.ts";
import { hooksOf } from "../object/hooks.ts";
import type { AnyLoomDO } from "../types.ts";
import type { RecurrenceOptions } from "./recurrence.ts";
import type { AlarmPolicy, AlarmTarget } from "./target.ts";

/** What @Alarm takes beside a name. */
export interface AlarmOptions extends AlarmPolicy, RecurrenceOptions {
  /** Checks payloads when they are scheduled, and again before they are run; must be synchronous. */
  readonly schema?: StandardSchema;
}

/** What @Alarm is told beside a name. */
export interface AlarmInput<Schema extends StandardSchema | undefined> extends Omit<AlarmOptions, "schema"> {
  /** Checks payloads when they are scheduled, and again before they are run; must be synchronous. */
  readonly schema?: Schema;
}

/** A method under @Alarm. */
export interface AlarmEntry {
  readonly member: string | symbol;
  readonly isPrivate: boolean;
  /** `""` is the unnamed alarm. */
  readonly name: string;
  readonly options: AlarmOptions;
  handlerOf(object: AnyLoomDO): Method;
  /** Where it was declared, for error messages. */
  readonly where: string;
  /** Finds the alarms of a class: known to the decorator only, so that a class without any has no code for it. */
  readonly compile: (ctor: Constructor) => AlarmTarget[];
}

/** What @Alarm recorded. */
export const alarms = new Registry<AlarmEntry>("loom:alarms");

/** What the @Alarm methods and the `onAlarm` of `ctor` run. */
export function alarmTargetsOf(ctor: Constructor): AlarmTarget[] {
  const [entry] = alarms.of(ctor);
  return entry?.compile(ctor) ?? ("onAlarm" in (ctor.prototype as object) ? [onAlarmTarget] : []);
}

/** The hook of the plan: the unnamed alarm without a decorator. */
export const onAlarmTarget: AlarmTarget = {
  name: "",
  policy: {},
  run: (object) => hooksOf(object).onAlarm?.(),
  handlerOf: (object) => hooksOf(object).onAlarm,
};
