import { getLoomRPCStub } from "loom-do";
import type { z } from "zod";
import type { AnalyticsDO } from "../analytics.ts";
import type { EventBody } from "./schemas.ts";

/** Something a visitor did; the time is in Unix milliseconds. */
export type AnalyticsEvent = z.output<typeof EventBody> & { readonly timestamp: number };

/** What AnalyticsDO offers to those who bring events. */
interface EventDay {
  recordEvents(events: readonly AnalyticsEvent[], batchId?: string): Promise<{ accepted: number; rejected: number }>;
}

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
      const object = getLoomRPCStub<AnalyticsDO>(analytics, `analytics:${site}:${day}`) as unknown as EventDay;
      // A day that took its part already knows its id when the others are tried again.
      await object.recordEvents(ofDay, `${batch}:${day}`);
    }),
  );
}

const lastMoment = Date.UTC(9999, 11, 31);

/** The date of a moment; one that has none, or no year of four digits, is put at the nearest that has. */
function dayOf(timestamp: number): string {
  return new Date(Math.min(Math.max(timestamp, 0), lastMoment)).toISOString().slice(0, 10);
}
