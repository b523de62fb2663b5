import { nameOf } from "./key.ts";
import type { AlarmTable, RowTime } from "./table.ts";

/**
 * What may have been running when the object crashed: of each name the first due rows, as many as it has places.
 *
 * Those without a strike come first: what is innocent does not wait behind what crashes again and again.
 */
export function suspectsIn(table: AlarmTable, until: number, placesOf: (name: string) => number): RowTime[] {
  const suspects = table.firstOfEach(-1, until).flatMap((first): readonly RowTime[] => {
    const name = nameOf(first.key);
    const limit = placesOf(name);
    return limit === 1 ? [first] : table.firstOf(name, { from: first.due, until, limit });
  });
  return suspects.toSorted((one, other) => one.strikes - other.strikes);
}
