import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { isOwn, nameOf, whereOf } from "./key.ts";
import type { AlarmRow, AlarmTarget } from "./target.ts";

// So many crashes of the object inside one handler, and its alarm is given up.
const maxStrikes = 3;

/** Why `row` waits for another version of the class, which can run it. */
export function obstacleFor(row: AlarmRow, target: AlarmTarget | undefined): unknown {
  // A sink that is gone: its items are kept.
  if (!target) return isOwn(nameOf(row.key)) ? faultOf(row, target) : undefined;
  try {
    target.isLeftOut?.(row);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Why `row` is not worth a try. */
export function faultOf(row: AlarmRow, target: AlarmTarget | undefined): LoomError | undefined {
  const problem = !target
    ? "has no handler in this version of the class"
    : row.strikes >= maxStrikes && `crashed the object ${maxStrikes} times`;
  return problem ? new LoomError(LOOM_ERRORS.ALARM_THREW, { message: `${whereOf(row.key)} ${problem}.` }) : undefined;
}
