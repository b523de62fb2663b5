import {
  Alarm,
  Locked,
  Loom,
  type LoomRequestContext,
  LoomResponse,
  type LoomSocket,
  OnSocketMessage,
  OnSocketOpen,
  Persisted,
  Route,
} from "loom-do";
import type { SentinelMessage } from "../types.ts";
import { GroveObject } from "./grove-object.ts";
import { fireAt } from "./sentinel/batch.ts";
import { removeAll } from "./sentinel/clean-up.ts";
import { counted, emptyTally, resultsOf, type Tally } from "./sentinel/figures.ts";
import { LatencySample } from "./sentinel/latency-sample.ts";
import { batchSizeAt } from "./sentinel/load.ts";
import type { Metric } from "./sentinel/metric.ts";
import { MetricBuffer } from "./sentinel/metric-buffer.ts";
import { namesOf } from "./sentinel/names.ts";
import { Reporter } from "./sentinel/reporter.ts";
import { elapsedOf, type Ending, endingOf, isOver, progressOf, type Run } from "./sentinel/run.ts";
import { answerInvalidProfile, refusalOf, StartBody } from "./sentinel/schemas.ts";
import { tables } from "./sentinel/tables.ts";

/** How long after its time a test that has not ended has failed. */
const grace = 60_000;
const untilDone = { retries: Infinity, timeout: "5m" } as const;

/** One load test: its batches, figures and live progress. */
@Loom({ name: "SentinelDO", invalid: answerInvalidProfile })
export class SentinelDO extends GroveObject {
  @Persisted accessor #run: Run | undefined;
  @Persisted({ group: "tally" }) accessor #tally: Tally = emptyTally;
  readonly #id = String(this.ctx.id);
  readonly #sample = new LatencySample(this.sql);
  readonly #metrics = new MetricBuffer(this.sql, this.log);
  readonly #reporter = new Reporter({ db: this.env.DB, id: this.#id, metrics: this.#metrics, log: this.log });

  protected override schema() {
    return tables;
  }

  @Route("POST", "/start", { body: StartBody })
  async start({ body }: LoomRequestContext<"/start", { body: typeof StartBody }>) {
    if (this.#run) return refusalOf(this.#run.status);
    const run: Run = { ...body, status: "running", startedAt: Date.now() };
    this.#run = run;
    void this.alarms.schedule(this.runBatch, 100);
    void this.alarms.schedule(this.giveUp, new Date(run.startedAt + run.profile.durationSeconds * 1000 + grace));
    await this.#reporter.start(run);
    return LoomResponse.success({ status: "running" });
  }

  @Route("POST", "/cancel")
  cancel() {
    const run = this.#run;
    if (!run) return LoomResponse.json({ success: false, error: "No active test" }, 400);
    if (run.status !== "running") return refusalOf(run.status);
    this.#end(run, "cancelled");
    return LoomResponse.success({ status: "cancelled" });
  }

  @Route("GET", "/status")
  status() {
    const run = this.#run;
    if (!run) return { status: "idle" };
    const { status, runId, results } = run;
    return { status, runId, ...progressOf(run, this.#tally), ...(results && { results }) };
  }

  @OnSocketOpen()
  watch() {}

  @OnSocketMessage
  hear(_socket: LoomSocket, message: string | ArrayBuffer) {
    const heard = typeof message === "string" ? message.slice(0, 200) : `${message.byteLength} bytes`;
    this.log.debug("A client said something.", { heard });
  }

  /** Does a batch a second until the test has had its time: by the clock, for alarms may be late. */
  @Alarm("batch", untilDone)
  @Locked("operations", { mode: "queue" })
  async runBatch() {
    const run = this.#running;
    if (!run) return;
    if (!isOver(run)) await this.#fire(run);
    // Cancelled meanwhile, it has ended as it is.
    if (!this.#running) return;
    if (isOver(run)) this.#end(run, "completed");
    else void this.alarms.schedule(this.runBatch, 1_000);
  }

  /** Ends a test whose batches fail, or crash the object, until its time is long over. */
  @Alarm("give up")
  @Locked("operations", { mode: "queue" })
  async giveUp() {
    if (this.#running) this.#end(this.#running, "failed");
  }

  @Alarm("report", untilDone)
  @Locked("operations", { mode: "queue" })
  async report() {
    if (this.#run) await this.#reporter.end(this.#run);
  }

  /** Waits for the batch that a cancel has come into: what it makes goes too. */
  @Alarm("clean up", untilDone)
  @Locked("operations", { mode: "queue" })
  async cleanUp() {
    if (this.#run) await removeAll(this.env, this.#id, this.#run.profile);
  }

  get #running(): Run | undefined {
    return this.#run?.status === "running" ? this.#run : undefined;
  }

  async #fire(run: Run): Promise<void> {
    const { tenantId, profile } = run;
    const names = namesOf(this.#id, batchSizeAt(profile, elapsedOf(run)));
    const sites = names.map((name) => ({ name, tenantId, stores: this.env }));
    const metrics = await fireAt(sites, profile);
    // What a test that was cancelled meanwhile has found out stays as it was told.
    if (!this.#running) return;
    this.#record(metrics);
    this.sockets.broadcast({ type: "progress", ...progressOf(run, this.#tally) } satisfies SentinelMessage);
    await this.#reporter.note(run, this.#tally);
  }

  #record(metrics: readonly Metric[]): void {
    this.sql.transaction(() => {
      this.#sample.add(metrics, this.#tally.completedOps);
      this.#metrics.add(this.#tally.batches, metrics);
      this.#tally = counted(this.#tally, metrics);
    });
  }

  #end(run: Run, status: Ending): void {
    const ended = { ...run, status, endedAt: Date.now() };
    const results = resultsOf(this.#tally, this.#sample.list(), elapsedOf(ended));
    this.#run = { ...ended, results };
    void this.alarms.cancel(this.runBatch);
    void this.alarms.cancel(this.giveUp);
    void this.alarms.schedule(this.report, 0);
    void this.alarms.schedule(this.cleanUp, 0);
    this.sockets.broadcast(endingOf(status, results));
  }
}
