import type { LoomLogger } from "loom-do";
import type { Tally } from "./figures.ts";
import { History } from "./history.ts";
import type { MetricBuffer } from "./metric-buffer.ts";
import { elapsedOf, type Run } from "./run.ts";

const secondsBetweenCheckpoints = 30;
const flushedAt = 100;

interface Tools {
  readonly db: D1Database | undefined;
  readonly id: string;
  readonly metrics: MetricBuffer;
  readonly log: LoomLogger;
}

/** Tells D1 what becomes of a test; while the test runs, D1 being away is logged and holds nothing up. */
export class Reporter {
  readonly #tools: Tools;
  /** Of this wake: the history has each one once, however often it is told. */
  #checkpoint = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  async start(run: Run): Promise<void> {
    await this.#try(run, async (history) => this.#expectRow(await history.start()));
  }

  /** After each batch: metrics when there are enough of them, a checkpoint every 30 seconds. */
  async note(run: Run, tally: Tally): Promise<void> {
    const { metrics } = this.#tools;
    if (metrics.size >= flushedAt)
      await this.#try(run, (history) => metrics.flush((batches) => history.addMetrics(batches)));
    const index = Math.floor(elapsedOf(run) / secondsBetweenCheckpoints);
    if (index > this.#checkpoint) await this.#try(run, (history) => this.#addCheckpoint(history, index, tally));
  }

  /** How the test ended, after its last metrics. Throws while D1 has not taken it. */
  async end(run: Run): Promise<void> {
    const { db, id, metrics } = this.#tools;
    if (!db) return metrics.clear();
    const history = new History(db, run, id);
    while (metrics.size > 0) await metrics.flush((batches) => history.addMetrics(batches));
    this.#expectRow(await history.end());
  }

  async #addCheckpoint(history: History, index: number, tally: Tally): Promise<void> {
    await history.addCheckpoint(index, tally);
    this.#checkpoint = index;
  }

  #expectRow(isThere: boolean): void {
    if (!isThere) this.#tools.log.warn("D1 has no row for this test, or one that has ended.");
  }

  async #try(run: Run, work: (history: History) => Promise<void>): Promise<void> {
    const { db, id, log } = this.#tools;
    if (!db) return;
    try {
      await work(new History(db, run, id));
    } catch (error) {
      log.errorWithCause("D1 could not be told of a test.", error);
    }
  }
}
