import { toDataText } from "../data/data-text.ts";
import { whereOf } from "./key.ts";
import type { AlarmRow } from "./target.ts";

/** What is to be written. */
export interface Order extends Pick<AlarmRow, "key" | "due"> {
  readonly payload: unknown;
  readonly spec?: string | null;
}

/** The row of an alarm that has not been tried. */
export function newRow({ key, due, payload, spec = null }: Order): AlarmRow {
  const text = payload === undefined ? null : toDataText(payload, `${whereOf(key)}: its payload`);
  return { key, due, payload: text, attempt: 0, strikes: 0, first: due, spec };
}
