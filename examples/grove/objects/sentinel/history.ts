import { averageOf, type Tally, throughputOf } from "./figures.ts";
import type { MetricBatch } from "./metric-buffer.ts";
import { elapsedOf, type Run } from "./run.ts";

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/** What D1 gets to know of one test: absolute figures under ids of its own, so that a repeat changes nothing. */
export class History {
  readonly #db: D1Database;
  readonly #run: Run;
  readonly #id: string;

  constructor(db: D1Database, run: Run, id: string) {
    this.#db = db;
    this.#run = run;
    this.#id = id;
  }

  /** Says that the test runs; false if there is no row for it, or one that has ended. */
  async start(): Promise<boolean> {
    const { runId, tenantId, startedAt } = this.#run;
    const { meta } = await this.#db
      .prepare(
        `UPDATE sentinel_runs SET status = 'running', started_at = ?1, updated_at = ?1
         WHERE id = ?2 AND tenant_id = ?3 AND status IN ('pending', 'running')`,
      )
      .bind(seconds(startedAt), runId, tenantId)
      .run();
    return meta.changes > 0;
  }

  /** Writes how the test ended; false if there is no row for it. */
  async end(): Promise<boolean> {
    const { runId, tenantId, status, startedAt, endedAt = Date.now(), results } = this.#run;
    if (!results) throw new Error("A test that has not ended has no results.");
    const { meta } = await this.#db
      .prepare(
        `UPDATE sentinel_runs SET status = ?, started_at = ?, completed_at = ?, updated_at = ?,
           total_operations = ?, successful_operations = ?, failed_operations = ?, avg_latency_ms = ?,
           p50_latency_ms = ?, p95_latency_ms = ?, p99_latency_ms = ?, max_latency_ms = ?, min_latency_ms = ?,
           throughput_ops_sec = ?, error_count = ?, error_types = ? WHERE id = ? AND tenant_id = ?`,
      )
      .bind(
        ...[status, seconds(startedAt), seconds(endedAt), seconds(endedAt)],
        ...[results.totalOperations, results.successfulOperations, results.failedOperations, results.avgLatencyMs],
        ...[results.p50LatencyMs, results.p95LatencyMs, results.p99LatencyMs],
        ...[results.maxLatencyMs, results.minLatencyMs, results.throughputOpsPerSec],
        ...[results.errorCount, JSON.stringify(results.errorTypes), runId, tenantId],
      )
      .run();
    return meta.changes > 0;
  }

  /** Adds metrics, all of them or none. */
  async addMetrics(batches: readonly MetricBatch[]): Promise<void> {
    const { runId, tenantId } = this.#run;
    const statement = this.#db.prepare(
      `INSERT INTO sentinel_metrics
       SELECT ?1 || key, ?2, ?3, value ->> 'system', value ->> 'operationName', ?4,
         (value ->> 'startedAt') / 1000, (value ->> 'completedAt') / 1000, value ->> 'latencyMs', value ->> 'success',
         value ->> 'errorMessage', value ->> 'errorCode', value ->> 'rowsAffected', value ->> 'bytesTransferred'
       FROM json_each(?5) WHERE TRUE ON CONFLICT DO NOTHING`,
    );
    await this.#db.batch(
      batches.map(({ batch, metrics }) => statement.bind(`${this.#id}_${batch}_`, runId, tenantId, batch, metrics)),
    );
  }

  /** Notes where the test is; once for each `index`. */
  async addCheckpoint(index: number, tally: Tally): Promise<void> {
    const { runId, tenantId } = this.#run;
    const elapsed = elapsedOf(this.#run);
    await this.#db
      .prepare("INSERT INTO sentinel_checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .bind(
        ...[`${this.#id}_${index}`, runId, tenantId, index, seconds(Date.now()), Math.floor(elapsed)],
        ...[tally.completedOps, tally.failedOps, throughputOf(tally, elapsed), averageOf(tally)],
        tally.completedOps > 0 ? tally.failedOps / tally.completedOps : 0,
      )
      .run();
  }
}
