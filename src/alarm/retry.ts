import type { Failures } from "./failures.ts";
import { nameOf, rowKey, whereOf } from "./key.ts";
import { refused } from "./order.ts";
import type { AlarmRow, AlarmTarget } from "./target.ts";
import type { Timetable } from "./timetable.ts";

type Targets = ReadonlyMap<string, AlarmTarget>;

/** Has the failure `id` run again at once; returns whether there was one. */
export function retryFailed(
  failures: Failures,
  timetable: Timetable,
  [id, targets]: readonly [number, Targets],
): boolean {
  const failure = failures.find(id);
  if (!failure) return false;
  const { payload, first } = failure;
  // Beside its declared recurrence, which goes on, or stays stopped.
  const recurs = "recurrence" in (targets.get(failure.key) ?? {});
  const key = recurs ? rowKey(failure.key, `retry ${id}`) : failure.key;
  const spec = specFor({ key, payload }, [timetable, targets]);
  timetable.put({ key, payload, due: Date.now(), first, attempt: 0, strikes: 0, spec });
  failures.remove(id);
  return true;
}

/** What the row of `key` is to keep of itself: before the next run of what recurs, whose time stays. */
function specFor(
  { key, payload }: Pick<AlarmRow, "key" | "payload">,
  [timetable, targets]: readonly [Timetable, Targets],
) {
  const row = timetable.rowOf(key);
  if (!row) return null;
  const isSame = row.payload === payload && timetable.dueOf(key) !== undefined;
  const spec = isSame ? targets.get(nameOf(key))?.specBefore?.(row) : undefined;
  if (spec !== undefined) return spec;
  // In the place of another it would be lost; so would the tries of one that runs.
  throw refused(`retry: ${whereOf(key)} has been scheduled anew. Cancel that first, or leave it to run.`);
}
