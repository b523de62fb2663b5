import type { Entries } from "./entries.ts";
import { checkRange, type EntryRange, pageSize } from "./range.ts";
import type { Pair } from "./rows.ts";

// Some milliseconds of work: a wait after every page would take longer than the pages.
const pagesInTurn = 8;

/**
 * The entries of `range` in the order of their keys, a page in memory at a time.
 *
 * What is deleted ahead of it is left out and what is changed is seen as it is; what is added is seen from the next
 * page on.
 */
export function walk(entries: Entries, range: EntryRange): Generator<Pair, undefined> {
  return walkEach(entries, range, wantedOf(entries, range));
}

/** What `of` makes of each of `pairs`. */
export function* pick<Item>(pairs: Iterable<Pair>, of: (pair: Pair) => Item): Generator<Item, undefined> {
  for (const pair of pairs) yield of(pair);
}

/** What `of` makes of the entries of `range`, a page at a time; other events run after every eighth. */
export function walkPages<Item>(
  entries: Entries,
  range: EntryRange,
  of: (pair: Pair) => Item,
): AsyncGenerator<Item[], undefined> {
  const wanted = wantedOf(entries, range);
  return walkSlowly(pagesOf(entries, range, wanted), wanted, of);
}

/** How many entries are still wanted: whoever takes some says so. */
interface Wanted {
  left: number;
}

// Not in the generators: those run nothing before their first step.
function wantedOf({ rows }: Entries, range: EntryRange): Wanted {
  checkRange(range, rows.where);
  return { left: range.limit ?? Infinity };
}

/** Reads page by page: between two of them it holds nothing but where it is. */
function* pagesOf(entries: Entries, range: EntryRange, wanted: Wanted): Generator<Pair[], undefined> {
  let after: string | undefined;
  for (let hasMore = true; hasMore && wanted.left > 0;) {
    const page = entries.page(range, { after, limit: Math.min(pageSize, wanted.left) });
    ({ hasMore } = page);
    after = page.pairs.at(-1)?.[0];
    if (after !== undefined) yield page.pairs;
  }
}

function* walkEach(entries: Entries, range: EntryRange, wanted: Wanted): Generator<Pair, undefined> {
  for (const page of pagesOf(entries, range, wanted)) {
    const { changes } = entries;
    for (const pair of page) {
      if (entries.changes !== changes) pair[1] = entries.get(pair[0]);
      if (pair[1] === undefined) continue;
      wanted.left -= 1;
      yield pair;
    }
  }
}

async function* walkSlowly<Item>(
  pages: Iterable<Pair[]>,
  wanted: Wanted,
  of: (pair: Pair) => Item,
): AsyncGenerator<Item[], undefined> {
  let count = 0;
  for (const page of pages) {
    wanted.left -= page.length;
    yield page.map(of);
    count += 1;
    // A promise that is settled would let no event in.
    if (count % pagesInTurn === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}
