import type { ExportPhase, ExportRequest } from "../../types.ts";

interface Found {
  readonly status: string;
  readonly error_message: string | null;
}

interface Columns {
  readonly status: ExportPhase;
  readonly progress: number;
  readonly r2_key?: string;
  readonly file_size_bytes?: number;
  readonly item_counts?: string;
  readonly error_message?: string;
  readonly completed_at?: number;
}

/** An export's row in D1: what other clients see of it, and where they cancel it. */
export class ExportRecord {
  readonly #db: D1Database;
  readonly #key: readonly [exportId: string, tenantId: string];

  constructor(db: D1Database | undefined, { exportId, tenantId }: Pick<ExportRequest, "exportId" | "tenantId">) {
    if (!db) throw new Error("The binding DB is missing.");
    this.#db = db;
    this.#key = [exportId, tenantId];
  }

  find(): Promise<Found | null> {
    const query = "SELECT status, error_message FROM storage_exports WHERE id = ? AND tenant_id = ?";
    return this.#db
      .prepare(query)
      .bind(...this.#key)
      .first<Found>();
  }

  /** Changes the row; false, and nothing done, if it has failed meanwhile or is gone. */
  async update({ ...columns }: Columns): Promise<boolean> {
    const set = Object.keys(columns).map((column) => `${column} = ?, `);
    const query = `UPDATE storage_exports SET ${set.join("")} updated_at = ?
      WHERE id = ? AND tenant_id = ? AND status <> 'failed'`;
    const values = [...Object.values(columns), seconds(), ...this.#key];
    const { meta } = await this.#db
      .prepare(query)
      .bind(...values)
      .run();
    return meta.changes > 0;
  }

  /** Marks the export as failed and takes back the way to its file; why it failed before stays. */
  async fail(message: string): Promise<void> {
    const query = `UPDATE storage_exports SET error_message = IIF(status = 'failed', error_message, ?), status = 'failed',
      r2_key = NULL, file_size_bytes = NULL, updated_at = ?
      WHERE id = ? AND tenant_id = ? AND (status <> 'failed' OR r2_key IS NOT NULL)`;
    await this.#db
      .prepare(query)
      .bind(message, seconds(), ...this.#key)
      .run();
  }
}

/** Now, as D1 has it. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
