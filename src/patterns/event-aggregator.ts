import {
  Batched,
  type BatchInfo,
  type FailedBatch,
  LoomDO,
  type LoomRequestContext,
  LOOM_ERRORS,
  LoomError,
  Route,
  Rpc,
} from "../index.ts";

/** A batch that was given up, as it crosses RPC: without its events. */
export type LostBatch = Omit<FailedBatch, "items" | "sink">;

/**
 * Collects events durably and hands them to `deliver` in batches, each at least once under one id.
 *
 * @example
 * ```ts
 * export class Visits extends EventAggregator<Visit> {
 *   override deliver(visits: readonly Visit[], info: BatchInfo) {
 *     return sendToD1(this.env.DB, visits, { ...info, table: "visits" });
 *   }
 * }
 * ```
 */
export abstract class EventAggregator<AnyEvent = unknown, TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  /**
   * Sends a batch to where it belongs; a batch whose delivery throws comes again, the same under the same id. Yours to
   * override, under a `@Batched` of its own where 100 events or a minute do not fit.
   */
  @Batched({ max: 100, within: "60s" })
  deliver(_events: readonly AnyEvent[], _info: BatchInfo): unknown {
    const message = `${this.constructor.name}: nothing delivers its events. Override \`deliver(events, info)\`.`;
    throw new LoomError(LOOM_ERRORS.INTERNAL, { message });
  }

  /** Takes an event in: it is kept when the caller has its answer. */
  @Rpc addEvent(event: AnyEvent): void {
    this.batches.add(this.deliver, event);
  }

  /** Takes several in, all or none. */
  @Rpc addEvents(events: readonly AnyEvent[]): void {
    this.sql.transaction(() => {
      for (const event of events) this.addEvent(event);
    });
  }

  /** How many events wait. */
  @Rpc waiting(): number {
    return this.batches.size(this.deliver);
  }

  /** Has what waits delivered now. */
  @Rpc flush(): void {
    this.batches.flush(this.deliver);
  }

  /** The batches that no try could deliver. */
  @Rpc failedBatches(): LostBatch[] {
    return this.batches.failed(this.deliver).map(({ sink: _sink, ...batch }) => batch);
  }

  /** Has a batch of `failedBatches()` delivered again, under its old id; whether there was one. */
  @Rpc retryBatch(id: string): boolean {
    return this.batches.retry(id);
  }

  /** One event, or a list of them. */
  @Route("POST", "/events")
  protected async postEvents(ctx: LoomRequestContext) {
    const given = await ctx.json();
    this.addEvents((Array.isArray(given) ? given : [given]) as AnyEvent[]); // a schema of @Batched checks it
    return { success: true, waiting: this.waiting() };
  }
}
