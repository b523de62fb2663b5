import { nextRun } from "../cron.ts";
import { Alarm, type AlarmInfo, LOOM_ERRORS, LoomDO, LoomError, Rpc, type When } from "../index.ts";
import type { Cron, CronOptions, FailedJob, Job, PendingJob } from "./scheduler/job.ts";

/**
 * Runs jobs at their time, any number of them, each under an id: at once, later or again and again by a cron pattern.
 *
 * @example
 * ```ts
 * export class Reminders extends Scheduler<Reminder> {
 *   protected override run({ id, payload, signal }: Job<Reminder>) { return sendMail(payload, { key: id, signal }); }
 * }
 * await stub.schedule("mail:7", "1h", { to: "ada" });
 * await stub.cron("digest", "0 9 * * MON-FRI", { timeZone: "Europe/Berlin", payload: { to: "all" } });
 * ```
 */
export abstract class Scheduler<Payload = unknown, TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  /** Does a job; one that throws is tried again, and may run again although it was done. Yours to override. */
  @Rpc(false) protected run(_job: Job<Payload>): unknown {
    const message = `${this.constructor.name}: nothing runs its jobs. Override \`run(job)\`.`;
    throw new LoomError(LOOM_ERRORS.INTERNAL, { message });
  }

  /** Has the job run at `when`, in place of when it would have. */
  @Rpc schedule(id: string, when: When, payload?: Payload): void {
    checkId(id);
    void this.alarms.schedule(this.runJob, when, payload, { key: id });
  }

  /** Has the job run at each time of the pattern; when it runs first. */
  @Rpc cron(id: string, pattern: string, { timeZone = "UTC", payload }: CronOptions<Payload> = {}): Date {
    checkId(id);
    const first = firstOf({ pattern, timeZone });
    void this.alarms.schedule(this.runJob, { cron: pattern, timeZone }, payload, { key: id });
    return first;
  }

  /** Takes the job off, its retries too; whether there was one. */
  @Rpc cancel(id: string): Promise<boolean> {
    checkId(id);
    return this.alarms.cancel(this.runJob, { key: id });
  }

  /** The jobs to come, the earliest first. */
  @Rpc list(options: { readonly limit?: number } = {}): PendingJob<Payload>[] {
    return this.alarms.list(this.runJob, options).map(({ key = "", payload, scheduledTime, attempts, recurrence }) => {
      const { cron: pattern, timeZone = "UTC" } = recurrence ?? {};
      const job = { id: key, payload: payload as Payload, scheduledTime, attempts }; // what was scheduled with it
      return pattern ? { ...job, cron: { pattern, timeZone } } : job;
    });
  }

  /** The runs that were given up after their tries, the latest first. */
  @Rpc failed(options: { readonly limit?: number } = {}): FailedJob<Payload>[] {
    const failures = this.alarms.failed(this.runJob, options);
    return failures.map(({ id: failure, key = "", payload, error, attempts, scheduledTime, failedAt }) => {
      return { failure, id: key, payload: payload as Payload, error, attempts, scheduledTime, failedAt }; // as above
    });
  }

  /** Has a run of `failed()` tried again at once; whether there was one. */
  @Rpc retry(failure: number): Promise<boolean> {
    return this.alarms.retry(failure);
  }

  // As many places as the platform gives an event connections.
  @Alarm("scheduler job", { parallel: 6 })
  protected runJob(payload: Payload | undefined, { key = "", ...info }: AlarmInfo): unknown {
    return this.run({ ...info, id: key, payload: payload as Payload }); // undefined where `schedule` was given none
  }
}

function firstOf({ pattern, timeZone }: Cron): Date {
  try {
    return nextRun(pattern, { timeZone });
  } catch (error) {
    throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message: (error as Error).message, cause: error });
  }
}

function checkId(id: string): void {
  if (typeof id === "string" && id.length > 0 && id.length <= 512) return;
  throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message: "A job's id is a text of 1 to 512 characters." });
}
