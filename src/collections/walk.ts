import type { Entries } from "./entries.ts";
import { checkRange, type EntryRange, pageSize } from "./range.ts";

/** An entry: its key, and its value as it is handed out. */
export type Pair = [key: string, value: unknown];

/**
 * The entries of `range` in the order of their keys, a page in memory at a time.
 *
 * What is deleted ahead of it is left out and what is changed is seen as it is; what is added is seen from the next
 * page on.
 */
export function walk(entries: Entries, range: EntryRange): Generator<Pair, undefined> {
  return walkEach(entries, new Pages(entries, range));
}

/** What `of` makes of each of `pairs`. */
export function* pick<Item>(pairs: Iterable<Pair>, of: (pair: Pair) => Item): Generator<Item, undefined> {
  for (const pair of pairs) yield of(pair);
}

/** What `of` makes of the entries of `range`, a page at a time; other events run between two of them. */
export function walkPages<Item>(
  entries: Entries,
  range: EntryRange,
  of: (pair: Pair) => Item,
): AsyncGenerator<Item[], undefined> {
  return walkSlowly(new Pages(entries, range), of);
}

function* walkEach(entries: Entries, pages: Pages): Generator<Pair, undefined> {
  for (let page = pages.next(); page; page = pages.next()) {
    const { changes } = entries;
    for (const pair of page) {
      if (entries.changes !== changes) pair[1] = entries.get(pair[0]);
      if (pair[1] === undefined) continue;
      pages.left -= 1;
      yield pair;
    }
  }
}

async function* walkSlowly<Item>(pages: Pages, of: (pair: Pair) => Item): AsyncGenerator<Item[], undefined> {
  for (let page = pages.next(); page; page = pages.next()) {
    pages.left -= page.length;
    if (page.length > 0) yield page.map(of);
    // A promise that is settled would let no event in.
    if (pages.hasMore) await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Reads a range page by page: between two of them it holds nothing but where it is. */
class Pages {
  readonly #entries: Entries;
  readonly #range: EntryRange;
  #after: string | undefined;
  #hasMore = true;
  /** How many entries are still wanted. */
  left: number;

  constructor(entries: Entries, range: EntryRange) {
    // Here, and not in the generators: those run nothing before their first step.
    checkRange(range, entries.rows.where);
    this.#entries = entries;
    this.#range = range;
    this.left = range.limit ?? Infinity;
  }

  get hasMore(): boolean {
    return this.#hasMore && this.left > 0;
  }

  next(): Pair[] | undefined {
    if (!this.hasMore) return undefined;
    const limit = Math.min(pageSize, this.left);
    const page = this.#entries.page(this.#range, { after: this.#after, limit });
    this.#hasMore = page.length === limit;
    this.#after = page.at(-1)?.[0];
    return page;
  }
}
