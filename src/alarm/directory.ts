import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { AlarmHost } from "./host.ts";
import type { AlarmReference } from "./schedule-types.ts";
import type { AlarmTarget } from "./target.ts";

/** The target that `reference` means; throws an error that names `where` and the alarms there are. */
export function targetOf(host: AlarmHost, reference: AlarmReference, where: string): AlarmTarget {
  const found =
    typeof reference === "function"
      ? [...host.targets.values()].find((target) => target.handlerOf?.(host.object) === reference)
      : host.targets.get(reference);
  // Loom's own, a batch's delivery say, are not the user's to schedule.
  if (found && !isOwn(found.name)) return found;
  const names = [...host.targets.keys()].filter((name) => name !== "" && !isOwn(name));
  const known =
    names.length > 0 ? `There are ${names.map((name) => JSON.stringify(name)).join(", ")}.` : "There are none.";
  throw new LoomError(LOOM_ERRORS.SCHEDULE_FAILED, { message: `${where}: ${problemOf(reference)} ${known}` });
}

function problemOf(reference: AlarmReference): string {
  if (reference === "") return "nothing runs the unnamed alarm. Write `onAlarm() { … }`, or name an alarm.";
  if (typeof reference === "string") return `no alarm is called ${JSON.stringify(reference)}. Put @Alarm on a method.`;
  return `the method ${reference.name} is no alarm. Put @Alarm on it.`;
}

function isOwn(name: string): boolean {
  return name.startsWith("loom:");
}
