import { checkWhole } from "../data/whole-number.ts";

/** Which keys `store.list` returns. */
export interface JsonListOptions {
  readonly prefix?: string;
  /** The first key, itself included. */
  readonly start?: string;
  /** Where to stop, itself excluded. */
  readonly end?: string;
  readonly limit?: number;
  /** @default false */
  readonly reverse?: boolean;
}

interface KeyRange {
  readonly where: string;
  readonly bindings: readonly string[];
  readonly limit: number;
}

const lastCodePoint = 0x10ffff;

/** The condition that selects the keys of `options`, as ranges of the primary key. */
export function rangeOf({ prefix, start, end, limit }: JsonListOptions): KeyRange {
  if (limit !== undefined) checkWhole(limit, "store.list: limit", 0);
  const from = [prefix, start].filter((key) => key !== undefined);
  const to = [successor(prefix ?? ""), end].filter((key) => key !== undefined);
  const conditions = [...from.map(() => "key >= ?"), ...to.map(() => "key < ?")];
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  // SQLite reads a negative limit as none.
  return { where, bindings: [...from, ...to], limit: limit ?? -1 };
}

/** The least text after everything that starts with `prefix`; undefined if there is none. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0)!);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are no code points of their own: what follows U+D7FF is U+E000.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
