import { type Day, hourOf } from "./day.ts";
import { type Counted, countedOf, type Counter } from "./event.ts";

/** What a batch of events adds up to, so that it costs rows by what it touches and not by its length. */
export class Tally {
  accepted = 0;
  /** Counts by hour. */
  readonly hours = new Map<number, Map<Counter, number>>();
  /** Views by path. */
  readonly pages = new Map<string, number>();
  /** The hour in which each visitor was seen first. */
  readonly visitors = new Map<string, number>();
  /** Who read each path. */
  readonly readers = new Map<string, Set<string>>();
  readonly #day: Day;

  /** What is of another day, of no known type or no event at all is left out, alone. */
  constructor(events: readonly unknown[], day: Day) {
    this.#day = day;
    // By their times: a visitor's first sight is the earliest, not the first to arrive.
    const counted = events.map(countedOf).filter((event) => event !== undefined);
    for (const event of counted.toSorted((one, other) => one.timestamp - other.timestamp)) this.#count(event);
  }

  #count({ counter, timestamp, path, visitor }: Counted): void {
    const hour = hourOf(this.#day, timestamp);
    if (hour === undefined) return;
    this.accepted += 1;
    raise(
      entryOf(this.hours, hour, () => new Map<Counter, number>()),
      counter,
    );
    if (visitor !== undefined) entryOf(this.visitors, visitor, () => hour);
    if (counter !== "page_views" || path === undefined) return;
    raise(this.pages, path);
    if (visitor !== undefined) entryOf(this.readers, path, () => new Set<string>()).add(visitor);
  }
}

/** The entry under `key`, which is made when there is none. */
export function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** Adds to a count. */
export function raise<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
