import { Attempts } from "./attempts.ts";
import type { Failures } from "./failures.ts";
import type { AlarmHost } from "./host.ts";
import { rowKey } from "./key.ts";
import { Shift } from "./shift.ts";
import type { Timetable } from "./timetable.ts";

const second = 1_000;
const hour = 3_600_000;
// How long a key waits whose handler is out of time and has not ended.
const stuckWait = 60 * second;
// The platform drops an alarm after its 6th counted retry (workerd, worker-interface.h).
const lastRetries = 5;

/** Runs what is due when the platform calls. */
export class Runner {
  readonly #host: AlarmHost;
  readonly #timetable: Timetable;
  readonly #attempts: Attempts;
  #running: Promise<void> | undefined;
  #hasWarned = false;
  #hasRun = false;

  constructor(host: AlarmHost, timetable: Timetable, failures: Failures) {
    this.#host = host;
    this.#timetable = timetable;
    this.#attempts = new Attempts(host, timetable, failures);
  }

  /** Runs what is due; `info` is the platform's, and without it the earliest row is due. */
  async handle(info?: AlarmInvocationInfo): Promise<void> {
    try {
      await this.#host.enter();
    } catch {
      // The start has logged why.
      return this.#postpone(info);
    }
    this.#running ??= this.#run(info).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(info?: AlarmInvocationInfo): Promise<void> {
    const { platform, table } = this.#timetable;
    if (info) platform.fired(info.scheduledTime);
    const limit = Math.max(Date.now(), info?.scheduledTime ?? table.earliest() ?? 0);
    const shift = new Shift(this.#timetable, this.#attempts, limit);
    try {
      await platform.look();
      this.#takeStray(info);
      if (info && this.#mayHaveCrashed(info)) await this.#tryAlone(shift, info);
      await shift.run();
      await platform.lookAgain();
    } catch (error) {
      // Not a handler's: the storage failed. Thrown for the platform to see; what is armed replaces its retry.
      this.#timetable.release();
      this.#postpone(info);
      throw error;
    }
    this.#timetable.release();
    if (!info) platform.clear();
    this.#rearm();
    this.#attempts.onFree = () => this.#rearm();
  }

  /** One setAlarm if rows are left; if none are, the platform clears its alarm itself. */
  #rearm(): void {
    this.#timetable.platform.rearm(this.#attempts.holds.stuck, Date.now() + stuckWait);
  }

  async #tryAlone(shift: Shift, { retryCount }: AlarmInvocationInfo): Promise<void> {
    if (retryCount >= lastRetries) this.#timetable.platform.set(Date.now() + stuckWait);
    await shift.tryAlone(() => this.#host.storage.sync());
  }

  /**
   * The object cannot run its alarms: the platform is to call again, later each time, for as long as it takes.
   *
   * By how late the earliest row is: so the wait doubles without a write, and an eviction does not shorten it.
   */
  #postpone(info?: AlarmInvocationInfo): void {
    const now = Date.now();
    const due = this.#timetable.table.earliest() ?? info?.scheduledTime ?? now;
    this.#timetable.platform.set(now + Math.min(Math.max(now - due, second), hour));
  }

  /** When nothing is due, other code has set the alarm, or its row was cancelled as it fired. */
  #takeStray(info?: AlarmInvocationInfo): void {
    const { table, platform } = this.#timetable;
    const first = table.earliest();
    if (first !== undefined && first <= Math.max(Date.now(), info?.scheduledTime ?? first)) return;
    if (info && (info.retryCount > 0 || platform.isOwn(info.scheduledTime))) return;
    this.#warn();
    if (this.#host.targets.has("")) this.#timetable.set(rowKey("", "storage.setAlarm"), Date.now());
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const remedy = "Write `this.alarms.schedule(…)` where other code calls `storage.setAlarm`.";
    this.#host.log.warn(`The platform's alarm fired and nothing of Loom's was due. ${remedy}`);
  }

  /**
   * True for a call that comes again.
   *
   * workerd forgets the count with its process: the first call of a wake that is late counts, too (2026-10-23).
   */
  #mayHaveCrashed({ retryCount, scheduledTime }: AlarmInvocationInfo): boolean {
    const isFirst = !this.#hasRun;
    this.#hasRun = true;
    return retryCount > 0 || (isFirst && Date.now() - scheduledTime >= second);
  }
}
