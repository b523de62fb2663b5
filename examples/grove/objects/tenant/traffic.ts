import { Alarm, Batched, type BatchInfo, type LoomRequestContext, LoomResponse, Migration } from "loom-do";
import { Route, Rpc, type SqlHelper } from "loom-do";
import type { z } from "zod";
import type { AnalyticsEvent, RateAnswer } from "../../types.ts";
import { deliverEvents } from "./events.ts";
import { RateLimits } from "./rate-limits.ts";
import { EventBody, rateCheck } from "./schemas.ts";
import { TenantSite } from "./site.ts";

/** What the router asks of a site with each request: whether there is room for it, and to count it. */
export abstract class TenantTraffic extends TenantSite {
  readonly #limits = new RateLimits(this.sql);

  @Migration(3)
  createRateLimits(sql: SqlHelper) {
    sql.exec(`CREATE TABLE rate_limits (
      key TEXT PRIMARY KEY, count INTEGER NOT NULL, window_start INTEGER NOT NULL, resets_at INTEGER NOT NULL
    ) WITHOUT ROWID`);
  }

  /** Counts a use of `key`, at most `limit` of them in a window that begins with the first. */
  @Rpc({ args: rateCheck })
  checkRateLimit(key: string, limit: number, windowSeconds: number): RateAnswer {
    const { isNew, ...answer } = this.#limits.check(key, { limit, windowSeconds });
    if (isNew) void this.alarms.ensureScheduled(this.sweepRateLimits, "1h");
    return answer;
  }

  @Rpc({ args: [EventBody] })
  recordEvent({ timestamp = Date.now(), ...event }: z.output<typeof EventBody>): void {
    this.batches.add(this.saveEvents, { ...event, timestamp });
  }

  /** Has the events that wait delivered now, in an alarm. */
  @Rpc
  flushAnalytics(): void {
    this.batches.flush(this.saveEvents);
  }

  @Route("POST", "/analytics", { body: EventBody })
  takeEvent({ body }: LoomRequestContext<"/analytics", { body: typeof EventBody }>) {
    this.recordEvent(body);
    return LoomResponse.success();
  }

  /** Keeps trying while nobody takes them: the newest thousand events wait. */
  @Batched({ max: 100, within: "60s", capacity: 1_000, overflow: "drop-oldest", retries: Infinity })
  async saveEvents(events: readonly AnalyticsEvent[], { id }: BatchInfo) {
    const site = this.subdomain ?? this.ctx.id.toString();
    await deliverEvents(this.env.ANALYTICS, { site, batch: id, events });
  }

  @Alarm("rate-limits")
  async sweepRateLimits() {
    if (this.#limits.sweep()) await this.alarms.schedule(this.sweepRateLimits, "1h");
  }
}
