import { checkWhole } from "../data/whole-number.ts";
import { misuse } from "../errors.ts";
import { type Constructor, lineage } from "../metadata.ts";
import { type AlarmEntry, type AlarmOptions, alarms, onAlarmTarget } from "./declared.ts";
import { isOwn, isUnfitName } from "./key.ts";
import { termsOf } from "./policy.ts";
import { checkRecurrence } from "./recurrence.ts";
import { recurring } from "./recurring.ts";
import type { AlarmTarget } from "./target.ts";

/** What the alarms of `ctor` run: of a member and of a name the most derived declaration. */
export function compileAlarms(ctor: Constructor): AlarmTarget[] {
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

function targetOf({ name, options, where, handlerOf }: AlarmEntry): AlarmTarget {
  const { schema } = options;
  const target: AlarmTarget = {
    name,
    policy: options,
    ...(schema && { schema }),
    run: (object, payload, info) => handlerOf(object).call(object, payload, info),
    handlerOf,
  };
  return recurring(target, options, where);
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

/** Refuses what no alarm can be; `where` names the declaration. */
export function checkAlarm(where: string, name: string, options: AlarmOptions): void {
  if (isOwn(name)) throw misuse(`${where}: names from \`loom:\` on are Loom's own. Choose another.`);
  if (isUnfitName(name)) throw misuse(`${where}: the name has a line break in it. Write one line.`);
  termsOf(options, where);
  checkWhole(options.parallel ?? 1, `${where}: parallel`);
  checkRecurrence(options, where);
}
