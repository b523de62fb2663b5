import { runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { AnalyticsEvent } from "../../../examples/grove/types.ts";
import { grove } from "../support/grove.ts";

/** The day that tests are about. */
export const date = "2030-03-31";
export const midnight = Date.parse(`${date}T00:00:00Z`);
export const hour = 3_600_000;
export const day = 24 * hour;

/** Sets the clock to so many milliseconds after the day's beginning. */
export function at(offset: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: midnight + offset });
}

/** A site nobody knows yet, and the object of its day. */
export function newDay() {
  at(10 * hour);
  const tenantId = crypto.randomUUID();
  return { tenantId, object: dayOf(tenantId) };
}

/** The object of a site's day. */
export function dayOf(tenantId: string, on = date) {
  return grove.ANALYTICS.getByName(`analytics:${tenantId}:${on}`);
}

/** Somebody read a page at ten. */
export function view(changes: Partial<AnalyticsEvent> = {}): AnalyticsEvent {
  return { type: "page_view", path: "/", visitorHash: "ada", timestamp: midnight + 10 * hour, ...changes };
}

/** What the object's storage has: rows by table. */
export function rowsIn(object: DurableObjectStub, table: string): Promise<unknown[]> {
  return runInDurableObject(object, (_, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());
}

export function alarmOf(object: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(object, (_, { storage }) => storage.getAlarm());
}

/** What D1 has of a site: its days and pages. */
export async function historyOf(tenantId: string) {
  const statements = ["analytics_daily", "analytics_pages"].map((table) =>
    grove.DB.prepare(`SELECT * FROM ${table} WHERE tenant_id = ? ORDER BY 2, 3`).bind(tenantId),
  );
  const [days, pages] = await grove.DB.batch<Record<string, unknown>>(statements);
  return { days: days!.results, pages: pages!.results };
}
