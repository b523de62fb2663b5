import { nextRun } from "../cron.ts";
import { Alarm, type AlarmInfo, LOOM_ERRORS, LoomDO, LoomError, Rpc, type When } from "../index.ts";
import type { Cron, CronOptions, FailedJob, Job, PendingJob, StoredJob } from "./scheduler/job.ts";

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
    void this.alarms.schedule("scheduler job", when, { payload }, { key: id });
    void this.alarms.cancel("scheduler tick", { key: id });
  }

  /** Has the job run at each time of the pattern; when it runs first. */
  @Rpc cron(id: string, pattern: string, { timeZone = "UTC", payload }: CronOptions<Payload> = {}): Date {
    checkId(id);
    const cron = { pattern, timeZone };
    const first = timeAfter(cron, Date.now());
    void this.alarms.schedule("scheduler tick", first, { payload, cron }, { key: id });
    void this.alarms.cancel("scheduler job", { key: id });
    return first;
  }

  /** Takes the job off, its retries too; whether there was one. */
  @Rpc async cancel(id: string): Promise<boolean> {
    checkId(id);
    const cancelled = [
      this.alarms.cancel("scheduler job", { key: id }),
      this.alarms.cancel("scheduler tick", { key: id }),
    ];
    return (await Promise.all(cancelled)).includes(true);
  }

  /** The jobs to come, the earliest first. */
  @Rpc list({ limit = 1_000 }: { readonly limit?: number } = {}): PendingJob<Payload>[] {
    // A job of a pattern has two alarms while a run of it is tried again: that is when it runs next.
    const alarms = this.alarms.list({ limit: 2 * limit }).filter(({ name }) => name.startsWith("scheduler "));
    const jobs = new Map<string, PendingJob<Payload>>();
    for (const { key: id = "", payload: stored, scheduledTime, attempts } of alarms) {
      const { payload, cron } = stored as StoredJob<Payload>; // what `schedule` and `cron` have stored
      if (!jobs.has(id)) jobs.set(id, { id, payload, scheduledTime, attempts, ...(cron && { cron }) });
    }
    return [...jobs.values()].slice(0, limit);
  }

  /** The runs that were given up after their tries, the latest first. */
  @Rpc failed({ limit = 1_000 }: { readonly limit?: number } = {}): FailedJob<Payload>[] {
    const failures = this.alarms.failed({ limit }).filter(({ name }) => name === "scheduler job");
    return failures.map(({ id: failure, key = "", payload, error, attempts, scheduledTime, failedAt }) => {
      const own = (payload as StoredJob<Payload>).payload; // as above
      return { failure, id: key, payload: own, error, attempts, scheduledTime, failedAt };
    });
  }

  /** Has a run of `failed()` tried again at once; whether there was one. */
  @Rpc retry(failure: number): Promise<boolean> {
    return this.alarms.retry(failure);
  }

  @Alarm("scheduler job")
  protected runJob({ payload }: StoredJob<Payload>, { key = "", ...info }: AlarmInfo): unknown {
    return this.run({ ...info, id: key, payload: payload as Payload }); // undefined where `schedule` was given none
  }

  /** Starts a run and sets the next: a run has an alarm of its own, so that its retries do not hold the pattern up. */
  @Alarm("scheduler tick")
  protected tick(job: StoredJob<Payload>, { key = "", scheduledTime }: AlarmInfo): void {
    if (this.alarms.isPending(this.runJob, { key })) this.log.warn("a run was given up for the next", { job: key });
    void this.alarms.schedule(this.runJob, 0, job, { key });
    const next = timeAfter(job.cron!, Math.max(Date.now(), scheduledTime.getTime()));
    if (!Number.isNaN(next.getTime())) void this.alarms.schedule(this.tick, next, job, { key });
  }
}

function timeAfter({ pattern, timeZone }: Cron, after: number): Date {
  try {
    return nextRun(pattern, { timeZone, after });
  } catch (error) {
    throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message: (error as Error).message, cause: error });
  }
}

function checkId(id: string): void {
  if (typeof id === "string" && id.length > 0 && id.length <= 512) return;
  throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message: "A job's id is a text of 1 to 512 characters." });
}
