import type { DailyStats, PageStats } from "../../types.ts";

/** A day that is over, as others get to know it. */
export interface DayRecord {
  readonly stats: DailyStats;
  readonly pages: readonly PageStats[];
}

// A statement's text of pages stays far under the 2 MB that D1 takes for a value.
const pagesAtOnce = 1_000;

/** Writes a day into D1, all of it or nothing: absolute figures, so that a repeat changes nothing. */
export async function writeDay(db: D1Database, { stats, pages }: DayRecord): Promise<void> {
  const { tenantId, date, totals, hourly } = stats;
  const day = db
    .prepare(
      `INSERT INTO analytics_daily VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         page_views = excluded.page_views, unique_visitors = excluded.unique_visitors,
         posts_created = excluded.posts_created, comments_created = excluded.comments_created,
         reactions_given = excluded.reactions_given, hourly = excluded.hourly, finalized_at = excluded.finalized_at`,
    )
    .bind(
      ...[tenantId, date, totals.pageViews, totals.uniqueVisitors, totals.postsCreated, totals.commentsCreated],
      ...[totals.reactionsGiven, JSON.stringify(hourly), Date.now()],
    );
  const chunks = Array.from({ length: Math.ceil(pages.length / pagesAtOnce) }, (_, at) =>
    pages.slice(at * pagesAtOnce, (at + 1) * pagesAtOnce),
  );
  const statement = db.prepare(
    `INSERT INTO analytics_pages
     SELECT ?1, ?2, value ->> 'path', value ->> 'views', value ->> 'uniqueViews' FROM json_each(?3)
     WHERE TRUE ON CONFLICT DO UPDATE SET views = excluded.views, unique_views = excluded.unique_views`,
  );
  await db.batch([day, ...chunks.map((chunk) => statement.bind(tenantId, date, JSON.stringify(chunk)))]);
}

/** Tells the sink of a day; it keeps the last that it was told. */
export async function tellSink(sink: Fetcher, { tenantId, date, totals }: DailyStats): Promise<void> {
  const url = `https://sink/days/${encodeURIComponent(tenantId)}/${date}`;
  const response = await sink.fetch(url, { method: "PUT", body: JSON.stringify(totals) });
  if (!response.ok) throw new Error(`The sink answered ${response.status}.`);
}
