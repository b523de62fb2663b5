import { checkWhole } from "../data/whole-number.ts";
import { misuse } from "../errors.ts";
import { faultOfText } from "./key.ts";

/** Which entries of a collection, in the order of their keys by UTF-8 bytes. */
export interface EntryRange {
  readonly prefix?: string;
  /** The first key, itself included. */
  readonly start?: string;
  /** Where to stop, itself excluded. */
  readonly end?: string;
  /** How many at most. */
  readonly limit?: number;
  /** From the last to the first. @default false */
  readonly reverse?: boolean;
}

/** How many entries are read at once. */
export const pageSize = 256;

/** Refuses a range that is none; `where` names the collection. */
export function checkRange(range: EntryRange, where: string): void {
  for (const name of ["prefix", "start", "end"] as const) {
    const fault = range[name] === undefined ? undefined : faultOfText(range[name]);
    if (fault) throw misuse(`${where}: \`${name}\` ${fault}`);
  }
  if (range.limit !== undefined) checkWhole(range.limit, `${where}: \`limit\``, 0);
}

/** The page of `range` behind the key `after`, as the platform is asked for it; `prefix` is the collection's own. */
export function pageOf(prefix: string, range: EntryRange, { after, limit }: PageStart): SyncKvListOptions {
  const { reverse = false } = range;
  const { start, end } = range;
  const to = reverse ? (after ?? end) : end;
  const options: SyncKvListOptions = { prefix: prefix + (range.prefix ?? ""), limit, reverse };
  if (to !== undefined) options.end = prefix + to;
  if (after !== undefined && !reverse) options.startAfter = prefix + after;
  else if (start !== undefined) options.start = prefix + start;
  return options;
}

/** Where a page starts, and how many entries it may have. */
export interface PageStart {
  readonly after: string | undefined;
  readonly limit: number;
}
