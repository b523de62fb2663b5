import { waitAfter } from "../alarm/policy.ts";
import { runInTime } from "../alarm/run-in-time.ts";
import type { AlarmInfo } from "../alarm/target.ts";
import { LOOM_ERRORS } from "../catalogue.ts";
import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import type { BatchInfo } from "./options.ts";
import type { Parking } from "./parking.ts";
import type { Batch } from "./batch.ts";
import type { Rows } from "./rows.ts";
import type { Sink } from "./sink.ts";

// How long one run goes on to the next batch: the platform ends an alarm after 15 minutes (compat date 2026-10-01).
const runTime = 30_000;

// A try that has not ended by then is taken for dead.
const longestTry = 15 * 60_000;

/** Hands what is due to one sink, one batch at a time, in order. */
export class Delivery {
  readonly #object: AnyLoomDO;
  readonly #sink: Sink;
  readonly #rows: Rows;
  readonly #parking: Parking;
  /** When the try began that still runs, in time or not. */
  #busySince: number | undefined;

  constructor(object: AnyLoomDO, sink: Sink, { rows, parking }: { readonly rows: Rows; readonly parking: Parking }) {
    this.#object = object;
    this.#sink = sink;
    this.#rows = rows;
    this.#parking = parking;
  }

  /** Delivers until nothing is due; a run that the platform repeats finds what the broken one was at. */
  async run({ scheduledTime }: AlarmInfo): Promise<void> {
    const end = Date.now() + runTime;
    // Early when a test asks for the alarm; the clock may also be behind the platform's.
    let now = Math.max(Date.now(), scheduledTime.getTime());
    if (this.#sink.hasCrashed) this.#countCrash();
    for (let batch = this.#next(now); batch; batch = this.#next(now)) {
      await this.#deliver(batch);
      now = Date.now();
      if (now >= end) return;
    }
  }

  /** The head of the line, if it is due, with its members fixed. */
  #next(now: number): Batch | undefined {
    const { due, queue } = this.#sink;
    if (due === undefined || due > now) return undefined;
    const head = queue.head!;
    // A sink that goes on after its timeout would take two batches at once.
    if (this.#isBusy) head.notBefore = Date.now() + waitAfter(head.attempts, this.#sink.entry.rules);
    this.#sink.close(head);
    return this.#isBusy ? undefined : head;
  }

  get #isBusy(): boolean {
    return Date.now() - (this.#busySince ?? -Infinity) < longestTry;
  }

  /** Counts a try that ended with the object's reset. */
  #countCrash(): void {
    const { head } = this.#sink.queue;
    if (head?.isClosed) this.#fail(head, new Error("The object was reset during the delivery."));
  }

  async #deliver({ id, attempts }: Batch): Promise<void> {
    const { ctx } = toolsOf(this.#object);
    // A sink may tell someone at once: by a line in the log, which no gate holds.
    await ctx.storage.sync();
    const batch = this.#sink.queue.find(id);
    if (!batch) return;
    const items = this.#rows.read(batch);
    try {
      // None are left of a batch whose rows a deleteAll took.
      if (items.length > 0) await this.#hand(items, { id, attempt: attempts + 1 });
    } catch (error) {
      this.#settle(id, (failed) => this.#fail(failed, error));
      return;
    }
    this.#settle(id, (done) => this.#remove(done));
  }

  #hand(items: unknown[], info: Omit<BatchInfo, "signal">): Promise<unknown> {
    const { handlerOf, rules, where } = this.#sink.entry;
    const started = Date.now();
    this.#busySince = started;
    const end = () => {
      if (this.#busySince === started) this.#busySince = undefined;
    };
    // Async: what a sink throws at once is a rejection too.
    const work = async (signal: AbortSignal): Promise<unknown> => {
      const outcome: unknown = handlerOf(this.#object).call(this.#object, items, { ...info, signal });
      // What the sink changed is saved before the batch is let go.
      return this.#object[internals].record.settle(outcome);
    };
    return runInTime(work, { timeout: rules.timeout, where, end, leave() {} });
  }

  /** By its id: a transaction that was rolled back meanwhile has the queue read again. */
  #settle(id: string, settle: (batch: Batch) => void): void {
    const batch = this.#sink.queue.find(id);
    if (batch) settle(batch);
  }

  #fail(batch: Batch, cause: unknown): void {
    const { rules, name } = this.#sink.entry;
    batch.attempts += 1;
    const { id, attempts } = batch;
    const isLast = attempts > rules.retries;
    toolsOf(this.#object).log.loomError(LOOM_ERRORS.BATCH_THREW, { sink: name, batch: id, attempts, isLast, cause });
    if (!isLast) {
      batch.notBefore = Date.now() + waitAfter(attempts, rules);
      this.#rows.writeState(batch);
    } else {
      this.#parking.park(batch, { rows: this.#rows, sink: name, cause });
      this.#remove(batch);
    }
  }

  #remove(batch: Batch): void {
    this.#rows.eraseAll(batch);
    this.#sink.queue.remove(batch);
  }
}
