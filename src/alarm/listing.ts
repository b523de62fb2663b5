import type { AlarmHost } from "./host.ts";
import { targetOf } from "./order.ts";
import type { AlarmListOptions, AlarmReference } from "./schedule-types.ts";

/** Whose alarms are listed, or how many of all. */
export type Listed = AlarmReference | AlarmListOptions;

type Given = readonly [first: Listed | undefined, options: AlarmListOptions | undefined];

/** How many alarms a call of `list` or `failed` asks for, and whose. */
export function listingOf(host: AlarmHost, [first, options]: Given, where: string): [limit: number, name?: string] {
  if (typeof first === "object" || first === undefined) return [first?.limit ?? 1_000];
  return [options?.limit ?? 1_000, targetOf(host, first, where).name];
}
