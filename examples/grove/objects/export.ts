import { Alarm, type AlarmInfo, Locked, Loom, type LoomRequestContext, LoomResponse, Persisted, Route } from "loom-do";
import type { ExportStatus } from "../types.ts";
import { Archive } from "./export/archive.ts";
import { Files, tables } from "./export/files.ts";
import { cancelled, claim, defaultLimits, failed, isOver, maxTries, workOf } from "./export/job.ts";
import { ExportRecord } from "./export/record.ts";
import { answerInvalid, answerStarted, refusal, StartBody } from "./export/schemas.ts";
import type { ExportLimits, ExportWork, StepContext, StepResult } from "./export/step.ts";
import { steps } from "./export/steps.ts";
import { discardUpload, zipMetadata } from "./export/upload.ts";
import { GroveObject } from "./grove-object.ts";

/** One export of a site: a zip in R2, made in small steps. */
@Loom({ name: "ExportDO", invalid: answerInvalid })
export class ExportDO extends GroveObject {
  @Persisted accessor #status: ExportStatus | undefined;
  /** What is left to do; nothing once the export is over and cleaned up. */
  @Persisted accessor #work: ExportWork | undefined;
  @Persisted accessor #uploadId: string | undefined;
  readonly #files = new Files(this.sql);
  protected readonly limits: ExportLimits = defaultLimits;

  protected override schema() {
    return tables;
  }

  @Route("POST", "/start", { body: StartBody })
  async start({ body }: LoomRequestContext<"/start", { body: typeof StartBody }>) {
    if (this.#status) return answerStarted(this.#status, body.exportId);
    if (!this.env.DB || !this.env.EXPORTS_BUCKET) return refusal(503, "Service unavailable");
    const work = workOf(body);
    const refused = await claim(new ExportRecord(this.env.DB, work)).catch((cause: unknown) => {
      this.log.errorWithCause("D1 did not take an export's start.", cause);
      return refusal(503, "Service unavailable");
    });
    if (this.#status) return answerStarted(this.#status, body.exportId); // another call was faster
    if (refused) return refused;
    this.#work = work;
    this.#status = { exportId: body.exportId, phase: "querying", progress: 0 };
    await this.alarms.schedule(this.advance, 100);
    return LoomResponse.success({ phase: "querying" });
  }

  @Route("GET", "/status")
  readStatus() {
    return this.#status ?? { status: "idle" };
  }

  @Route("POST", "/cancel")
  async cancel() {
    if (!this.#status) return refusal(400, "No active export");
    if (isOver(this.#status)) return refusal(409, `Export is already ${this.#status.phase}`);
    this.#end(cancelled);
    try {
      await this.cleanUp();
      await this.alarms.cancel(this.cleanUp);
    } catch (cause) {
      this.log.errorWithCause("A cancelled export is cleaned up later.", cause);
    }
    return LoomResponse.success({ status: "cancelled" });
  }

  @Alarm("advance", { retries: 50, timeout: "5m" })
  async advance(_payload: undefined, info: AlarmInfo) {
    try {
      await this.#step(info);
    } catch (cause) {
      if (!this.#status || isOver(this.#status)) return; // cancelled under way: nobody waits for it
      // Of a finished export only a word in D1 is missing: it is said when D1 is back.
      if (info.attempt < maxTries || this.#work?.step === "record") throw cause;
      this.log.errorWithCause("An export failed.", cause, { step: this.#work?.step });
      this.#end(failed);
    }
  }

  /** Ends an export whose steps were given up, because one of them crashed the object again and again. */
  @Alarm("watch", { every: "15m" })
  watch() {
    if (!this.#status || isOver(this.#status)) return false;
    if (this.alarms.failed().some(({ name }) => name === "advance")) this.#end(failed);
    return true;
  }

  /** Has D1 and R2 know that the export has failed, and forgets what it was about. */
  @Alarm("clean-up", { retries: 50 })
  async cleanUp() {
    const work = this.#work;
    if (!work) return;
    await new ExportRecord(this.env.DB, work).fail(this.#status?.errorMessage ?? failed);
    await this.#discard(work);
  }

  @Locked("work", { mode: "queue" })
  async #step({ attempt, signal }: AlarmInfo): Promise<void> {
    const [status, work] = [this.#status, this.#work];
    if (!status || !work || isOver(status)) return;
    if (attempt > maxTries && work.step !== "record") throw new Error("A step takes too long.");
    const record = new ExportRecord(this.env.DB, work);
    const found = await record.find();
    if (!found || found.status === "failed") return this.#end(found?.error_message || cancelled);
    const check = () => {
      signal.throwIfAborted();
      if (this.#status !== status) throw new Error("The export ended under way.");
    };
    const result = await steps[work.step](this.#contextOf(work, { check, isLastTry: attempt >= maxTries }));
    check();
    const next = { ...status, ...result.status };
    const columns = { status: next.phase, progress: next.progress, ...result.columns };
    const isOpen = result.isUntold || (await record.update(columns));
    check();
    if (!isOpen) return this.#end(cancelled);
    await this.#commit(next, result);
  }

  async #commit(status: ExportStatus, { work, delay = 100, save }: StepResult): Promise<void> {
    this.sql.transaction(() => {
      save?.();
      this.#status = status;
      this.#work = isOver(status) ? undefined : { ...this.#work!, ...work };
    });
    await (isOver(status) ? this.alarms.cancel(this.watch) : this.alarms.schedule(this.advance, delay));
  }

  #contextOf(work: ExportWork, tries: Pick<StepContext, "check" | "isLastTry">): StepContext {
    const [{ env, log, limits }, files] = [this, this.#files];
    return { work, env, log, limits, files, ...tries, archive: () => this.#archive(work) };
  }

  async #archive({ r2Key }: ExportWork): Promise<Archive> {
    const { EXPORTS_BUCKET } = this.env;
    if (!EXPORTS_BUCKET) throw new Error("The binding EXPORTS_BUCKET is missing.");
    // Kept at once: whatever comes now, the parts can be found and deleted.
    this.#uploadId ??= (await EXPORTS_BUCKET.createMultipartUpload(r2Key, zipMetadata)).uploadId;
    return new Archive(EXPORTS_BUCKET.resumeMultipartUpload(r2Key, this.#uploadId), this.sql);
  }

  #end(errorMessage: string): void {
    this.#status = { ...this.#status!, phase: "failed", errorMessage };
    void this.alarms.cancel(this.advance);
    void this.alarms.cancel(this.watch);
    void this.alarms.schedule(this.cleanUp, 100);
  }

  @Locked("work", { mode: "queue", timeout: "10s" })
  async #discard({ r2Key }: ExportWork): Promise<void> {
    await discardUpload(this.env.EXPORTS_BUCKET, { r2Key, uploadId: this.#uploadId });
    this.#files.clear();
    [this.#work, this.#uploadId] = [undefined, undefined];
  }
}
