import fc from "fast-check";
import type { EntryRange } from "../../src/collections.ts";

/** Keys that are prefixes of each other, and those that quoting, text ends and byte order may get wrong. */
export const keys = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "ab",
    "a:",
    'a"',
    "a\\",
    "a\0",
    "a\0b",
    "\0",
    "é",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "😀",
    "😀a",
  ),
  fc.string({ unit: "binary", maxLength: 4 }),
);

/** Ranges, empty and upside-down ones too. */
export const ranges: fc.Arbitrary<EntryRange> = fc.record(
  {
    prefix: keys,
    start: keys,
    end: keys,
    limit: fc.integer({ min: 0, max: 5 }),
    reverse: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** The entries in the order of their keys' code points, which is that of their UTF-8 bytes. */
export function sorted(map: ReadonlyMap<string, unknown>): [string, unknown][] {
  return [...map].sort(([left], [right]) => compare(left, right));
}

/** Those of `entries` that are in `range`. */
export function inRange<Entry extends [string, unknown]>(entries: readonly Entry[], range: EntryRange): Entry[] {
  const { prefix = "", start = "", end, limit, reverse = false } = range;
  const found = entries
    .filter(([key]) => key.startsWith(prefix) && compare(key, start) >= 0)
    .filter(([key]) => end === undefined || compare(key, end) < 0);
  return (reverse ? found.reverse() : found).slice(0, limit);
}

function compare(left: string, right: string): number {
  const [one, other] = [[...left], [...right]].map((text) => text.map((character) => character.codePointAt(0)!));
  for (let at = 0; at < Math.min(one!.length, other!.length); at++) {
    if (one![at] !== other![at]) return one![at]! - other![at]!;
  }
  return one!.length - other!.length;
}
