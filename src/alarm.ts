import { type FailedAlarm, Failures } from "./alarm/failures.ts";
import { type AlarmHost, hostOf } from "./alarm/host.ts";
import { rowKey } from "./alarm/key.ts";
import { type Listed, listingOf } from "./alarm/listing.ts";
import { comesInTime, type Given, keyIn, orderOf, pendingOf, targetOf } from "./alarm/order.ts";
import type { RecurrenceOptions } from "./alarm/recurrence.ts";
import { retryFailed } from "./alarm/retry.ts";
import { Runner } from "./alarm/run.ts";
import type {
  AlarmKey,
  AlarmListOptions,
  AlarmPayload,
  AlarmReference,
  PayloadOf,
  PendingAlarm,
  When,
} from "./alarm/schedule-types.ts";
import { Timetable } from "./alarm/timetable.ts";
import { misuse } from "./errors.ts";
import { toolsOf } from "./object/tools.ts";
import type { AnyLoomDO } from "./types.ts";

const timetable: unique symbol = Symbol("loom.timetable");

/**
 * Named alarms, any number of them, on the platform's one.
 *
 * Everything is written in the turn of the call, awaited or not; wrong arguments throw at once.
 *
 * @example
 * ```ts
 * this.alarms.schedule(this.sendDigest, "1h", { to: "ada" }, { key: "ada" });
 * ```
 */
export class Alarms {
  readonly #host: AlarmHost;
  readonly #failures: Failures;
  readonly #runner: Runner;
  readonly [timetable]: Timetable;

  constructor(host: AlarmHost) {
    this.#host = host;
    this[timetable] = new Timetable(host);
    this.#failures = new Failures(host.storage.sql, host.log);
    this.#runner = new Runner(host, this[timetable], this.#failures);
  }

  /** Has the unnamed alarm, or `target`, run at `when`, once or again and again, in place of when it would have. */
  schedule(when: When | RecurrenceOptions): Promise<void>;
  schedule<Target extends AlarmReference>(
    target: Target,
    when: When | RecurrenceOptions,
    ...rest: PayloadOf<Target>
  ): Promise<void>;
  schedule(...given: Given): Promise<void> {
    this[timetable].put(orderOf(this.#host, given, "schedule"));
    return Promise.resolve();
  }

  /** As `schedule`, unless it would run by then or so anyway: resolves to whether that had to be seen to. */
  ensureScheduled(when: When | RecurrenceOptions): Promise<boolean>;
  ensureScheduled<Target extends AlarmReference>(
    target: Target,
    when: When | RecurrenceOptions,
    ...rest: PayloadOf<Target>
  ): Promise<boolean>;
  ensureScheduled(...given: Given): Promise<boolean> {
    const row = orderOf(this.#host, given, "ensureScheduled");
    const isNeeded = !comesInTime(this[timetable], this.#host.targets, row);
    if (isNeeded) this[timetable].put(row);
    return Promise.resolve(isNeeded);
  }

  /** Takes the alarm off; resolves to whether it was pending. What runs already runs to its end. */
  cancel(target?: AlarmReference, options?: AlarmKey): Promise<boolean> {
    return Promise.resolve(this[timetable].clear(this.#keyOf(target, options, "cancel")));
  }

  /** True when the alarm is to come. One that runs is not. */
  isPending(target?: AlarmReference, options?: AlarmKey): boolean {
    return this[timetable].dueOf(this.#keyOf(target, options, "isPending")) !== undefined;
  }

  /** When the alarm runs next, in Unix milliseconds; null when it is not pending. */
  getScheduledTime(target?: AlarmReference, options?: AlarmKey): number | null {
    return this[timetable].dueOf(this.#keyOf(target, options, "getScheduledTime")) ?? null;
  }

  /** The alarms to come, all or those of `target`, the earliest first; the first `limit` of them. */
  list(options?: AlarmListOptions): PendingAlarm[];
  list<Target extends AlarmReference>(target: Target, options?: AlarmListOptions): PendingAlarm<AlarmPayload<Target>>[];
  list(first?: Listed, options?: AlarmListOptions): PendingAlarm<unknown>[] {
    return this[timetable]
      .list(...listingOf(this.#host, [first, options], "list"))
      .map((row) => pendingOf(row, this.#host.targets));
  }

  /** The alarms that were given up, all or those of `target`, the latest first. The last 1,000 are kept. */
  failed(options?: AlarmListOptions): FailedAlarm[];
  failed<Target extends AlarmReference>(
    target: Target,
    options?: AlarmListOptions,
  ): FailedAlarm<AlarmPayload<Target>>[];
  failed(first?: Listed, options?: AlarmListOptions): FailedAlarm<unknown>[] {
    return this.#failures.list(...listingOf(this.#host, [first, options], "failed"));
  }

  /**
   * Has an alarm of `failed()` run again at once, with all its tries; resolves to whether there was one.
   *
   * A run of what was scheduled to recur comes before the next, whose time stays; one of what is declared to recur is
   * run beside it, under a key of its own.
   */
  retry(id: number): Promise<boolean> {
    return Promise.resolve(retryFailed(this.#failures, this[timetable], [id, this.#host.targets]));
  }

  /**
   * Starts what recurs and is not pending, or `target` alone; without it the object's first row does.
   *
   * Starts one again that returned `false` or was cancelled.
   */
  start(target?: AlarmReference): void {
    const name = target === undefined ? undefined : targetOf(this.#host, target, "start").name;
    if (!this.#host.arming) throw misuse("start: no alarm of this class recurs. Add `every` or `cron` to one.");
    this.#host.arming.start(name);
  }

  /** Runs what is due: `alarm(info) { return this.alarms.handle(info); }`. */
  handle(info?: AlarmInvocationInfo): Promise<void> {
    return this.#runner.handle(info);
  }

  #keyOf(target: AlarmReference = "", options: AlarmKey | undefined, where: string): string {
    return rowKey(targetOf(this.#host, target, where).name, keyIn(options, where));
  }
}

/** The alarms of `object`. */
export function alarmsFor(object: AnyLoomDO): Alarms {
  return new Alarms(hostOf(object));
}

/** What is due when in `object`. */
export function timetableOf(object: AnyLoomDO): Timetable {
  return toolsOf(object).alarms[timetable];
}
