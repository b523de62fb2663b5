import { Alarm, Locked, Loom, LoomError, type LoomRequestContext, LoomResponse, Persisted, Route, Rpc } from "loom-do";
import type { DailyStats, RecordedEvents } from "../types.ts";
import { SeenBatches } from "./analytics/batches.ts";
import { type Day, dayOf, endOf, grace, nameOfNext } from "./analytics/day.ts";
import { ANALYTICS_ERRORS } from "./analytics/errors.ts";
import { tellSink, writeDay } from "./analytics/history.ts";
import { Hours, maxVisitors } from "./analytics/hours.ts";
import { Pages } from "./analytics/pages.ts";
import { answerEvents, BatchId, Events, EventsBody } from "./analytics/schemas.ts";
import { tables } from "./analytics/tables.ts";
import { Tally } from "./analytics/tally.ts";
import { GroveObject } from "./grove-object.ts";

/** One day of one site, in UTC: what was seen, counted once, and its history once it is over. */
@Loom({ name: "AnalyticsDO", invalid: answerEvents })
export class AnalyticsDO extends GroveObject {
  /** When the history had all that is here; undefined when it has not. */
  @Persisted accessor #finalizedAt: number | undefined;
  readonly #hours = new Hours(this.sql);
  readonly #pages = new Pages(this.sql);
  readonly #batches = new SeenBatches(this.sql);
  /** Grows with every batch that counted. */
  #revision = 0;

  protected override schema() {
    return tables;
  }

  /** Counts a batch, all of it or nothing; one that comes again, by its id, counts once. */
  @Rpc({ args: [Events, BatchId] })
  recordEvents(events: readonly unknown[], batchId?: string): RecordedEvents {
    const day = this.#day;
    return this.sql.transaction(() => {
      const earlier = batchId === undefined ? undefined : this.#batches.find(batchId);
      if (earlier) return earlier;
      const tally = new Tally(events, day);
      const outcome = { accepted: tally.accepted, rejected: events.length - tally.accepted };
      // Nothing is kept of a batch that counts for nothing: the day stays as empty as it is.
      if (tally.accepted === 0) return outcome;
      this.#hours.add(tally);
      this.#pages.add(tally);
      if (batchId !== undefined) this.#batches.add(batchId, outcome);
      this.#changed(day);
      return outcome;
    });
  }

  @Route("POST", "/events", { body: EventsBody })
  postEvents({ body }: LoomRequestContext<"/events", { body: typeof EventsBody }>) {
    return LoomResponse.success(this.recordEvents(body.events, body.batchId));
  }

  @Route("GET", "/stats")
  @Rpc
  getStats(): DailyStats {
    const totals = this.#hours.totals();
    return {
      ...{ ...this.#day, totals, hourly: this.#hours.list(), topPages: this.#pages.list(20) },
      finalized: this.#finalizedAt !== undefined,
      ...(totals.uniqueVisitors >= maxVisitors && { uniqueVisitorsCapped: true }),
    };
  }

  /** Has the history take what is here. */
  @Rpc({ args: [] })
  @Locked("finalize")
  async finalize(): Promise<void> {
    const { DB, ANALYTICS_SINK } = this.env;
    if (!DB) throw new LoomError(ANALYTICS_ERRORS.NO_HISTORY);
    const [stats, pages, revision] = [this.getStats(), this.#pages.list(), this.#revision];
    await writeDay(DB, { stats, pages });
    if (ANALYTICS_SINK) await tellSink(ANALYTICS_SINK, stats);
    if (revision === this.#revision) this.#finalizedAt = Date.now();
  }

  @Route("POST", "/finalize")
  async postFinalize() {
    await this.finalize();
    return LoomResponse.success();
  }

  /** A history that is away is tried for as long as it takes, an hour apart in the end. */
  @Alarm("end of day", { retries: Infinity, backoff: "1m", timeout: "5m" })
  async endDay() {
    await this.finalize();
    await this.env.ANALYTICS.getByName(nameOfNext(this.#day)).getStats();
    void this.alarms.schedule(this.expire, "7d");
  }

  /** The history has the day: what is here goes. */
  @Alarm("expire")
  async expire() {
    await this.ctx.storage.deleteAll();
    await this.ctx.storage.sync();
    // What is left in memory, the knowledge that there are tables among it, goes too.
    this.ctx.abort("The day has expired.", { retryAlarm: false });
  }

  get #day(): Day {
    const day = dayOf(this.ctx.id.name);
    if (day) return day;
    throw new LoomError(ANALYTICS_ERRORS.NAMELESS);
  }

  #changed(day: Day): void {
    this.#revision += 1;
    this.#finalizedAt = undefined;
    void this.alarms.cancel(this.expire);
    void this.alarms.ensureScheduled(this.endDay, new Date(Math.max(endOf(day), Date.now()) + grace));
  }
}
