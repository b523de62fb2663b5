import type { StandardSchema } from "../data/standard-schema.ts";
import { misuse } from "../errors.ts";
import { type Constructor, lineage, Registry } from "../metadata.ts";
import { hooksOf } from "../object/hooks.ts";
import type { AnyLoomDO } from "../types.ts";
import type { Method } from "../declare/wrap.ts";
import type { RecurrenceOptions } from "./recurrence.ts";
import type { AlarmPolicy, AlarmTarget } from "./target.ts";

/** What @Alarm takes beside a name. */
export interface AlarmOptions extends AlarmPolicy, RecurrenceOptions {
  /** Checks payloads when they are scheduled, and again before they are run; must be synchronous. */
  readonly schema?: StandardSchema;
}

/** A method under @Alarm. */
export interface AlarmEntry {
  readonly member: string | symbol;
  readonly isPrivate: boolean;
  /** `""` is the unnamed alarm. */
  readonly name: string;
  readonly options: AlarmOptions;
  handlerOf(object: AnyLoomDO): Method;
  /** Has `target` run again and again, if the options say so: the decorator brings it, and its code, along. */
  recur?(target: AlarmTarget): AlarmTarget;
}

/** What @Alarm recorded. */
export const alarms = new Registry<AlarmEntry>("loom:alarms");

/** What the @Alarm methods and the `onAlarm` of `ctor` run: the most derived declaration of a member or a name. */
export function alarmTargetsOf(ctor: Constructor): AlarmTarget[] {
  const targets = new Map<string, { entry: AlarmEntry | undefined; target: AlarmTarget }>();
  for (const at of lineage(ctor)) {
    const own = alarms.ownOf(at);
    checkDistinct(at, own);
    for (const [name, { entry }] of targets) {
      if (entry && own.some(({ member, isPrivate }) => !isPrivate && member === entry.member)) targets.delete(name);
    }
    if (hasOnAlarm(at)) targets.set("", { entry: undefined, target: onAlarmTarget });
    for (const entry of own) targets.set(entry.name, { entry, target: targetOf(entry) });
  }
  return [...targets.values()].map(({ target }) => target);
}

const onAlarmTarget: AlarmTarget = {
  name: "",
  policy: {},
  run: (object) => hooksOf(object).onAlarm?.(),
  handlerOf: (object) => hooksOf(object).onAlarm,
};

function targetOf({ name, options, handlerOf, recur }: AlarmEntry): AlarmTarget {
  const { schema } = options;
  const target: AlarmTarget = {
    name,
    policy: options,
    ...(schema && { schema }),
    run: (object, payload, info) => handlerOf(object).call(object, payload, info),
    handlerOf,
  };
  return recur ? recur(target) : target;
}

function hasOnAlarm(ctor: Constructor): boolean {
  return typeof Object.getOwnPropertyDescriptor(ctor.prototype, "onAlarm")?.value === "function";
}

/** Refuses two declarations of one name in one class, and two of one member: a call could not say which it means. */
function checkDistinct(ctor: Constructor, own: readonly AlarmEntry[]): void {
  const names = new Map<string, string>(hasOnAlarm(ctor) ? [["", "`onAlarm()`"]] : []);
  const members = new Set<string | symbol>();
  for (const { name, member } of own) {
    const here = `@Alarm ${String(member)}`;
    const other = names.get(name);
    if (other !== undefined) {
      const what = name === "" ? "are both the unnamed alarm" : `are both called ${JSON.stringify(name)}`;
      throw misuse(`${ctor.name}: ${other} and ${here} ${what}. Give one a name of its own.`);
    }
    if (members.has(member)) throw misuse(`${ctor.name}: \`${String(member)}\` is under @Alarm twice. Remove one.`);
    names.set(name, here);
    members.add(member);
  }
}
