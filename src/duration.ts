import { lengthOf } from "./data/length-of-time.ts";
import { misuse } from "./errors.ts";
import type { Duration } from "./types.ts";

/** `duration` in milliseconds; `where` names the declaration in the error for one that is not a length of time. */
export function milliseconds(duration: Duration, where: string): number {
  const found = lengthOf(duration);
  if (found !== undefined) return found;
  throw misuse(`${where}: ${duration} is not a length of time. Write milliseconds, or \`"5m"\`.`);
}
