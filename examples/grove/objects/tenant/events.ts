/** Something a visitor did. */
export interface AnalyticsEvent {
  readonly type: string;
  readonly data?: object;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

interface EventBatch {
  readonly site: string;
  /** The same for every delivery of the same events. */
  readonly batch: string;
  readonly events: readonly AnalyticsEvent[];
}

/** Stores the events in D1, all or none; a batch that is there already is left as it is. */
export async function insertEvents(db: D1Database | undefined, { site, batch, events }: EventBatch): Promise<void> {
  if (!db) throw new Error("The binding DB is missing.");
  // One parameter for all of them: D1 takes a hundred, and bills a statement each.
  const statement = db.prepare(
    `INSERT INTO analytics_events (site, batch, place, event_type, event_data, timestamp)
     SELECT ?1, ?2, key, value ->> 'type', value -> 'data', value ->> 'timestamp' FROM json_each(?3)
     WHERE TRUE ON CONFLICT DO NOTHING`,
  );
  await statement.bind(site, batch, JSON.stringify(events)).run();
}
