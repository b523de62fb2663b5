import type { SqlHelper } from "loom-do";
import type { PageStats } from "../../types.ts";
import { entryOf, raise, type Tally } from "./tally.ts";

interface PageRow {
  readonly path: string;
  readonly views: number;
  readonly unique_views: number;
}

/** How many paths are told apart. */
export const maxPaths = 5_000;

/** What counts the views of paths beyond those: no path of a page begins like this. */
export const otherPaths = "(other)";

/** Views and readers by page. */
export class Pages {
  readonly #sql: SqlHelper;
  // Counted once a wake: a count reads every row.
  #size: number | undefined;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** Adds what a batch has read, once its visitors are known. */
  add(tally: Tally): void {
    const nameOf = this.#room([...tally.pages.keys()]);
    const [views, readers] = [new Map<string, number>(), new Map<string, Set<string>>()];
    for (const [path, count] of tally.pages) raise(views, nameOf(path), count);
    for (const [path, hashes] of tally.readers)
      for (const hash of hashes) entryOf(readers, nameOf(path), () => new Set<string>()).add(hash);
    for (const [path, count] of views) this.#raise(path, count, this.#newReaders(path, readers.get(path)));
  }

  /** The most read pages, the most read first; all of them, unless `limit` says how many. */
  list(limit = -1): PageStats[] {
    const query = "SELECT * FROM page_stats ORDER BY views DESC, path LIMIT ?";
    const rows = this.#sql.queryAll<PageRow>(query, limit);
    return rows.map(({ path, views, unique_views }) => ({ path, views, uniqueViews: unique_views }));
  }

  /** Under which name each of `paths` is counted. */
  #room(paths: readonly string[]): (path: string) => string {
    const query = "SELECT path FROM page_stats WHERE path IN (SELECT value FROM json_each(?))";
    const known = new Set(
      this.#sql.queryAll<Pick<PageRow, "path">>(query, JSON.stringify(paths)).map(({ path }) => path),
    );
    const size = (this.#size ??= this.#sql<{ paths: number }>`
      SELECT count(*) AS paths FROM page_stats WHERE path <> ${otherPaths}`[0]!.paths);
    const fresh = paths.filter((path) => !known.has(path)).slice(0, maxPaths - size);
    this.#size = size + fresh.length;
    const named = new Set([...known, ...fresh]);
    return (path) => (named.has(path) ? path : otherPaths);
  }

  /** How many of `hashes` have not read the page before; who is beyond the number of visitors is nobody's reader. */
  #newReaders(path: string, hashes: Iterable<string> = []): number {
    const query = `INSERT INTO page_visitors SELECT ?, value FROM json_each(?)
      WHERE value IN (SELECT hash FROM visitor_hashes) ON CONFLICT DO NOTHING RETURNING hash`;
    const list = [...hashes];
    return list.length === 0 ? 0 : this.#sql.queryAll(query, path, JSON.stringify(list)).length;
  }

  #raise(path: string, views: number, readers: number): void {
    this.#sql`INSERT INTO page_stats VALUES (${path}, ${views}, ${readers}) ON CONFLICT (path) DO UPDATE SET
      views = views + excluded.views, unique_views = unique_views + excluded.unique_views`;
  }
}
