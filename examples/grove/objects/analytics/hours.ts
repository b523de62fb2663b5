import type { SqlHelper } from "loom-do";
import type { DailyStats, DayTotals } from "../../types.ts";
import type { Counter } from "./event.ts";
import { raise, type Tally } from "./tally.ts";

type Column = Counter | "unique_visitors";
type HourRow = { readonly hour: number } & Readonly<Record<Column, number>>;
type Hourly = DailyStats["hourly"];

/** How many visitors are told apart. */
export const maxVisitors = 500_000;

/** What happened by the hour, and who was there. */
export class Hours {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  /** Adds what a batch holds. */
  add({ hours, visitors }: Tally): void {
    const arrivals = new Map<number, number>();
    for (const hash of this.#newVisitors([...visitors.keys()])) raise(arrivals, visitors.get(hash)!);
    for (const [hour, counts] of hours)
      this.#raise(hour, new Map<Column, number>([...counts, ["unique_visitors", arrivals.get(hour) ?? 0]]));
  }

  /** All 24 hours. */
  list(): Hourly {
    const rows = new Map(this.#rows().map((row) => [row.hour, row]));
    return Array.from({ length: 24 }, (_, hour) => ({
      hour,
      ...totalsOf([rows.get(hour)].flatMap((row) => row ?? [])),
    }));
  }

  /** The day as a whole. */
  totals(): DayTotals {
    return totalsOf(this.#rows());
  }

  /** Those of `hashes` that were not seen before, and are now. */
  #newVisitors(hashes: readonly string[]): string[] {
    if (hashes.length === 0) return [];
    const room = maxVisitors - this.totals().uniqueVisitors;
    const query = `INSERT INTO visitor_hashes
      SELECT value, ? FROM json_each(?) WHERE value NOT IN (SELECT hash FROM visitor_hashes) LIMIT ? RETURNING hash`;
    const rows = this.#sql.queryAll<{ hash: string }>(query, Date.now(), JSON.stringify(hashes), room);
    return rows.map(({ hash }) => hash);
  }

  #raise(hour: number, columns: ReadonlyMap<Column, number>): void {
    const names = [...columns.keys()];
    const sums = names.map((name) => `${name} = ${name} + excluded.${name}`);
    this.#sql.exec(
      `INSERT INTO hourly_stats (hour, ${names.join(", ")}) VALUES (?${", ?".repeat(names.length)})
       ON CONFLICT (hour) DO UPDATE SET ${sums.join(", ")}`,
      ...[hour, ...columns.values()],
    );
  }

  #rows(): HourRow[] {
    return this.#sql.queryAll<HourRow>("SELECT * FROM hourly_stats ORDER BY hour");
  }
}

function totalsOf(rows: readonly HourRow[]): DayTotals {
  const sum = (column: Column) => rows.reduce((total, row) => total + row[column], 0);
  return {
    pageViews: sum("page_views"),
    uniqueVisitors: sum("unique_visitors"),
    postsCreated: sum("posts_created"),
    commentsCreated: sum("comments_created"),
    reactionsGiven: sum("reactions_given"),
  };
}
