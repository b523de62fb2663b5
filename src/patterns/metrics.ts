import {
  Alarm,
  Batched,
  type BatchInfo,
  type Duration,
  LoomDO,
  type LoomRequestContext,
  Route,
  Rpc,
} from "../index.ts";
import { changedPoints, settle } from "./metrics/points.ts";
import { addRecord } from "./metrics/record.ts";
import { contentTypes, formatFor, textOf } from "./metrics/text.ts";
import type { MetricDefinition, MetricOptions, MetricPoint, MetricRecord, Recorded } from "./metrics/types.ts";

// The Analytics Engine takes 250 of one alarm (developers.cloudflare.com/analytics/analytics-engine/limits).
const mostPoints = 250;

/**
 * Counters, gauges and histograms with labels: read as Prometheus text, or given away from time to time.
 *
 * @example
 * ```ts
 * export class ShopMetrics extends Metrics {
 *   protected override readonly definitions = { checkout_seconds: { type: "histogram", help: "Time to pay." } } as const;
 * }
 * await stub.recordMetric("checkout_seconds", 0.8, { labels: { country: "de" } });
 * ```
 */
export class Metrics<TEnv = Cloudflare.Env> extends LoomDO<Recorded, TEnv> {
  /** What the metrics are; one that is not here is a counter without help, or what its first record says. */
  protected readonly definitions: Readonly<Record<string, MetricDefinition>> = {};
  /** How many series there may be, of all metrics; values for more are counted and dropped. */
  protected readonly maxSeries: number = 1_000;
  /** How often what was recorded may be saved: more than 0 costs fewer rows, and a crash takes that much back. */
  protected readonly saveEvery: Duration = 0;
  /** How long after a value was recorded `deliver` is given it, if the class overrides that. */
  protected readonly flushEvery: Duration = "60s";
  #hasWarned = false;

  /** Adds to a counter, sets a gauge, or observes a value of a histogram. */
  @Rpc recordMetric(name: string, value: number, options: MetricOptions = {}): void {
    this.recordMetrics([{ ...options, name, value }]);
  }

  /** Records several values: one row written for all of them. The first that is refused ends it. */
  @Rpc recordMetrics(records: readonly MetricRecord[]): void {
    this.state_data ??= { families: new Map(), size: 0, dropped: 0 };
    try {
      for (const record of records) this.#record(this.state_data, record);
    } finally {
      this.markDirty();
      if (this.saveEvery !== 0) void this.persistIfDirty(this.saveEvery);
    }
    if (this.#delivers) void this.alarms.ensureScheduled(this.collect, this.flushEvery);
  }

  /**
   * Sends away what changed; a batch whose delivery throws comes again, the same under the same id. Yours to override.
   */
  @Batched({ max: mostPoints, within: 0 })
  deliver(_points: readonly MetricPoint[], _info: BatchInfo): unknown {
    return undefined;
  }

  /** Everything recorded, in Prometheus' text format 0.0.4 or, if it is asked for, as OpenMetrics 1.0. */
  @Route("GET", "/metrics")
  protected getMetrics({ request }: LoomRequestContext): Response {
    const format = formatFor(request.headers.get("accept"));
    const text = textOf(this.#known, format, (name) => this.#definitionOf(name)?.help);
    return new Response(text, { headers: { "content-type": contentTypes[format], vary: "accept" } });
  }

  /** One record, or a list of them. */
  @Route("POST", "/metrics")
  protected async postMetrics(ctx: LoomRequestContext): Promise<void> {
    const given = (await ctx.json()) as MetricRecord | readonly MetricRecord[]; // each is checked
    this.recordMetrics(Array.isArray(given) ? given : [given]);
  }

  /** Puts what changed into a batch, in the turn that notes it as given away. */
  @Alarm("metrics flush")
  protected collect(): void {
    const changed = changedPoints(this.#known, mostPoints);
    // All or none: when too much waits for a sink that is away, what changed is kept for the next time.
    this.sql.transaction(() => {
      for (const { point } of changed) this.batches.add(this.deliver, point);
    });
    settle(changed);
    this.markDirty();
    if (changed.length === mostPoints) void this.alarms.schedule(this.collect, "1s");
  }

  get #known(): Recorded {
    return this.state_data ?? { families: new Map(), size: 0, dropped: 0 };
  }

  get #delivers(): boolean {
    return this.deliver !== Metrics.prototype.deliver;
  }

  #definitionOf(name: string): MetricDefinition | undefined {
    return Object.hasOwn(this.definitions, name) ? this.definitions[name] : undefined;
  }

  #record(known: Recorded, record: MetricRecord): void {
    const rules = { definition: this.#definitionOf(record?.name), most: this.maxSeries };
    if (addRecord(known, record, rules)) return;
    known.dropped += 1;
    if (!this.#hasWarned) this.log.warn("values are dropped: there are as many series as may be", { most: rules.most });
    this.#hasWarned = true;
  }
}
