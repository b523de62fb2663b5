import { LOOM_ERRORS } from "../catalogue.ts";
import { fitting } from "../data/parse-now.ts";
import type { Failures } from "./failures.ts";
import { faultOf, obstacleFor } from "./fault.ts";
import { type Hold, Holds } from "./holds.ts";
import type { AlarmHost } from "./host.ts";
import { idOf, isOwn, nameOf, whereOf } from "./key.ts";
import { payloadOf } from "./order.ts";
import { givesWay, keptAs, replaced, runOf } from "./outcome.ts";
import { termsIn, waitAfter, waitFor } from "./policy.ts";
import { runInTime } from "./run-in-time.ts";
import type { AlarmInfo, AlarmRow, AlarmTarget } from "./target.ts";
import type { Timetable } from "./timetable.ts";

interface Call {
  readonly row: AlarmRow;
  readonly hold: Hold;
  readonly signal: AbortSignal;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

/** Runs handlers and writes down what became of their rows. */
export class Attempts {
  readonly #host: AlarmHost;
  readonly #timetable: Timetable;
  readonly #failures: Failures;
  readonly holds: Holds;
  /** Told when a handler that had run out of time ends after all. */
  onFree: () => void = () => {};

  constructor(host: AlarmHost, timetable: Timetable, failures: Failures) {
    this.#host = host;
    this.#timetable = timetable;
    this.#failures = failures;
    this.holds = new Holds((name) => this.placesOf(name));
  }

  /** How many keys of `name` may run at once. */
  placesOf(name: string): number {
    return this.#host.targets.get(name)?.policy.parallel ?? 1;
  }

  /** The longest that a run of `key` takes. */
  timeoutOf({ key }: Pick<AlarmRow, "key">): number {
    const target = this.#host.targets.get(nameOf(key));
    return target ? termsIn(target).timeout : 0;
  }

  /** Runs the handler of `row`; settled when the row is done, put off or given up. */
  async run(row: AlarmRow): Promise<void> {
    const name = nameOf(row.key);
    const target = this.#host.targets.get(name);
    this.#timetable.start(row);
    const obstacle = obstacleFor(row, target);
    if (obstacle) return this.#putOff(row, obstacle);
    const fault = faultOf(row, target);
    if (!target || fault) return this.#refuse(row, fault, target);
    const hold = this.holds.take(row.key);
    try {
      const outcome = await this.#attempt(target, { row, hold });
      if ("result" in outcome) this.#end(row, { target, result: outcome.result, succeeded: true });
      else if (hold.isHanded) this.#fail(row, outcome.error, target);
      else this.#giveUp(row, outcome.error, target);
    } finally {
      // Not before the row is settled: whatever the handler wrote has the shift look for rows of free keys.
      if (!hold.isLeft) this.holds.free(hold);
    }
  }

  async #attempt(target: AlarmTarget, { row, hold }: { row: AlarmRow; hold: Hold }): Promise<Outcome> {
    const leave = () => {
      hold.isLeft = true;
    };
    const end = (wasLeft: boolean) => {
      if (!wasLeft) return;
      this.holds.free(hold);
      this.onFree();
    };
    try {
      const limits = { timeout: termsIn(target).timeout, where: whereOf(row.key), leave, end };
      return { result: await runInTime((signal) => this.#call(target, { row, hold, signal }), limits) };
    } catch (error) {
      return { error };
    }
  }

  // Async: what a handler throws at once is a rejection too.
  async #call(target: AlarmTarget, { row, hold, signal }: Call): Promise<unknown> {
    const { attempt, first, key, payload } = row;
    const info = { attempt: attempt + 1, scheduledTime: new Date(first), key: idOf(key), signal };
    if (target.isLeftOut?.(row)) return this.#leaveOut(target, info);
    const given = payloadOf(payload);
    const { schema } = target;
    const parsed = schema ? fitting(await schema["~standard"].validate(given), `${whereOf(key)}: its payload`) : given;
    hold.isHanded = true;
    return this.#host.settle(target.run(this.#host.object, parsed, info));
  }

  #leaveOut({ name }: AlarmTarget, { scheduledTime }: AlarmInfo): void {
    this.#host.log.warn("A run comes too late and is left out.", { alarm: name, scheduledTime });
  }

  #fail(row: AlarmRow, error: unknown, target: AlarmTarget): void {
    const terms = termsIn(target);
    const attempt = row.attempt + 1;
    const due = Date.now() + waitAfter(attempt, terms);
    const next = target.nextBefore?.(row, due);
    const isLast = attempt > terms.retries || (next && target.isRetried?.(row));
    if (isLast) return this.#giveUp(row, error, target);
    const outcome = next ? givesWay(row, next) : { nextTry: new Date(due) };
    this.#log(row, error, this.#timetable.isRunning(row) ? outcome : replaced);
    this.#timetable.finish(row, () => (next ? runOf(row, next) : { ...row, attempt, strikes: 0, due }));
  }

  /** Has `row` wait for another version of the class: longer the later it is, for no try of it has failed. */
  #putOff(row: AlarmRow, obstacle: unknown): void {
    const due = Date.now() + waitFor(Date.now() - row.first);
    this.#log(row, obstacle, { nextTry: new Date(due) });
    this.#timetable.finish(row, () => ({ ...row, strikes: 0, due }));
  }

  /** Gives up a row that is not worth a try, unless its handler never gives up: then it waits as after a failure. */
  #refuse(row: AlarmRow, fault: unknown, target: AlarmTarget | undefined): void {
    if (target && termsIn(target).retries === Infinity) this.#fail(row, fault, target);
    else this.#giveUp(row, fault, target);
  }

  #giveUp(row: AlarmRow, error: unknown, target?: AlarmTarget): void {
    this.#log(row, error, this.#timetable.isRunning(row) ? this.#keep(row, error) : replaced);
    this.#end(row, { target, result: undefined, succeeded: false });
  }

  /** Keeps the row among the failures; returns what the log says of that. */
  #keep(row: AlarmRow, error: unknown): object {
    if (isOwn(nameOf(row.key))) return { isLast: true };
    return keptAs(this.#failures.add({ ...row, attempt: row.attempt + 1 }, error), row);
  }

  #end(row: AlarmRow, { target, ...run }: { target: AlarmTarget | undefined; result: unknown; succeeded: boolean }) {
    this.#timetable.finish(row, () => {
      const next = target?.next?.({ row, ...run });
      return next && runOf(row, next);
    });
  }

  #log({ key, attempt }: AlarmRow, cause: unknown, outcome: object): void {
    this.#host.log.loomError(LOOM_ERRORS.ALARM_THREW, { cause, alarm: nameOf(key), attempt: attempt + 1, ...outcome });
  }
}
