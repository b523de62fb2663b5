import type { LoomLogger, SqlHelper } from "loom-do";
import type { Metric } from "./metric.ts";

/** The metrics of one batch, as JSON. */
export interface MetricBatch {
  readonly batch: number;
  readonly metrics: string;
}

const mostMetrics = 10_000;
const mostFailures = 3;
const batchesAtOnce = 100;

/** Metrics on their way to the history, a row a batch. */
export class MetricBuffer {
  readonly #sql: SqlHelper;
  readonly #log: LoomLogger;
  #size: number | undefined;

  constructor(sql: SqlHelper, log: LoomLogger) {
    this.#sql = sql;
    this.#log = log;
  }

  /** How many metrics wait. */
  get size(): number {
    const query = "SELECT total(size) AS n FROM metric_batches";
    return (this.#size ??= this.#sql.queryOne<{ n: number }>(query)!.n);
  }

  /** Keeps a batch's metrics, as far as there is room. */
  add(batch: number, metrics: readonly Metric[]): void {
    const room = mostMetrics - this.size;
    if (room === 0) return;
    const kept = metrics.slice(0, room);
    if (room <= metrics.length)
      this.#log.warn("Metrics are dropped: as many wait for D1 as may.", { most: mostMetrics });
    if (kept.length === 0) return;
    const statement = "INSERT INTO metric_batches (batch, metrics, size) VALUES (?, ?, ?)";
    this.#sql.exec(statement, batch, JSON.stringify(kept), kept.length);
    this.#size = undefined;
  }

  /** Hands on what waits; throws if that fails. What has failed three times is dropped. */
  async flush(handOn: (batches: readonly MetricBatch[]) => Promise<unknown>): Promise<void> {
    const query = "SELECT batch, metrics FROM metric_batches ORDER BY batch LIMIT ?";
    const batches = this.#sql.queryAll<{ batch: number; metrics: string }>(query, batchesAtOnce);
    const last = batches.at(-1)?.batch;
    if (last === undefined) return;
    try {
      await handOn(batches);
    } catch (error) {
      this.#fail(last);
      throw error;
    }
    this.#drop("batch <= ?", last);
  }

  clear(): void {
    this.#drop("batch >= ?", 0);
  }

  /** Each batch has failures of its own: one that was dropped is no later one's fault. */
  #fail(last: number): void {
    this.#sql.exec("UPDATE metric_batches SET failures = failures + 1 WHERE batch <= ?", last);
    const dropped = this.#drop("failures >= ?", mostFailures);
    if (dropped > 0) this.#log.warn("Metrics were dropped: D1 has refused them three times.", { dropped });
  }

  #drop(which: string, value: number): number {
    const query = `DELETE FROM metric_batches WHERE ${which} RETURNING size`;
    const rows = this.#sql.queryAll<{ size: number }>(query, value);
    this.#size = undefined;
    return rows.reduce((sum, { size }) => sum + size, 0);
  }
}
