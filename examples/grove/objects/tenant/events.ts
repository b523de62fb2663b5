import { getLoomRPCStub } from "loom-do";
import type { AnalyticsEvent } from "../../types.ts";
import type { AnalyticsDO } from "../analytics.ts";

interface EventBatch {
  readonly site: string;
  /** The same for every delivery of the same events. */
  readonly batch: string;
  readonly events: readonly AnalyticsEvent[];
}

type Analytics = DurableObjectNamespace<AnalyticsDO> | undefined;

/** Hands the events to the object of the day, in UTC, that each of them is of. */
export async function deliverEvents(analytics: Analytics, { site, batch, events }: EventBatch): Promise<void> {
  const days = [...Map.groupBy(events, ({ timestamp }) => dayOf(timestamp))];
  await Promise.all(
    days.map(async ([day, ofDay]) => {
      const stub = getLoomRPCStub<AnalyticsDO>(analytics, `analytics:${site}:${day}`);
      // A day that took its part already knows its id when the others are tried again.
      await stub.recordEvents(ofDay, `${batch}:${day}`);
    }),
  );
}

const oneDay = 86_400_000;

/**
 * The date whose object an event is for: today's, which says no to it, when it is of another time.
 *
 * A day older than a week has been emptied: its object would put this one event in place of all that D1 has of the day.
 */
function dayOf(timestamp: number, now = Date.now()): string {
  const isNear = timestamp >= now - 7 * oneDay && timestamp <= now + oneDay;
  return new Date(isNear ? timestamp : now).toISOString().slice(0, 10);
}
