import type { StandardSchema } from "../data/standard-schema.ts";
import { misuse } from "../errors.ts";
import type { AlarmOptions } from "./declared.ts";
import { isUnfitName } from "./key.ts";
import { termsOf } from "./policy.ts";
import { checkRecurrence } from "./recurrence.ts";

/** What @Alarm is told beside a name. */
export interface AlarmInput<Schema extends StandardSchema | undefined> extends Omit<AlarmOptions, "schema"> {
  /** Checks payloads when they are scheduled, and again before they are run; must be synchronous. */
  readonly schema?: Schema;
}

/** Refuses what no alarm can be; `where` names the declaration. */
export function checkAlarm(where: string, name: string, options: AlarmOptions): void {
  if (name.startsWith("loom:")) throw misuse(`${where}: names from \`loom:\` on are Loom's own. Choose another.`);
  if (isUnfitName(name)) throw misuse(`${where}: the name has a line break in it. Write one line.`);
  termsOf(options, where);
  checkRecurrence(options, where);
}
