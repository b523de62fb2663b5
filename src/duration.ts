import { misuse } from "./errors.ts";
import type { Duration } from "./types.ts";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `duration` in milliseconds; `where` names the declaration in the error for one that is not a length of time. */
export function milliseconds(duration: Duration, where: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const found = typeof duration === "number" ? duration : Number(amount) * units[unit as keyof typeof units];
  if (Number.isFinite(found) && found >= 0) return found;
  throw misuse(`${where}: ${duration} is not a length of time. Write milliseconds, or \`"5m"\`.`);
}
