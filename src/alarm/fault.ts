import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { whereOf } from "./key.ts";
import type { AlarmRow, AlarmTarget } from "./target.ts";

// So many crashes of the object inside one handler, and its alarm is given up.
const maxStrikes = 3;

/** Why `row` is not worth a try. */
export function faultOf(row: AlarmRow, target: AlarmTarget | undefined): LoomError | undefined {
  const problem = !target
    ? "has no handler in this version of the class"
    : row.strikes >= maxStrikes && `crashed the object ${maxStrikes} times`;
  return problem ? new LoomError(LOOM_ERRORS.ALARM_THREW, { message: `${whereOf(row.key)} ${problem}.` }) : undefined;
}
