import { safeJsonParse, type SqlHelper } from "loom-do";
import type { z } from "zod";
import type { Draft, DraftMetadata, DraftSummary } from "../../types.ts";
import { refusal } from "./refusals.ts";
import type { DraftInput } from "./schemas.ts";

/** A draft as it is stored. */
export interface DraftRow {
  readonly slug: string;
  readonly content: string;
  readonly metadata: string;
  readonly last_saved: number;
  readonly device_id: string;
}

const maxDrafts = 500;

/** The drafts that a site's devices share; `synced_at` is the version of each that D1 has a copy of. */
export class Drafts {
  readonly #sql: SqlHelper;

  constructor(sql: SqlHelper) {
    this.#sql = sql;
  }

  get count(): number {
    return this.#sql<{ count: number }>`SELECT count(*) AS count FROM drafts`[0]!.count;
  }

  /** When a device saved last, in Unix milliseconds; 0 when there is no draft. */
  get lastSaved(): number {
    return this.#sql<{ last: number }>`SELECT coalesce(max(last_saved), 0) AS last FROM drafts`[0]!.last;
  }

  /** Every draft without its text, the newest first. */
  list(): DraftSummary[] {
    const rows = this.#sql<Omit<DraftRow, "content">>`
      SELECT slug, metadata, last_saved, device_id FROM drafts ORDER BY last_saved DESC, slug`;
    return rows.map(({ slug, ...row }) => ({ slug, ...stateOf(row) }));
  }

  get(slug: string): Draft | null {
    const row = this.#find(slug);
    return row ? { slug, content: row.content, ...stateOf(row) } : null;
  }

  /** Stores a draft, unless its device has not seen what another one saved meanwhile; returns the version's time. */
  save({ slug, content, metadata, deviceId, lastSaved: seen = Infinity }: z.output<typeof DraftInput>): number {
    const row = this.#find(slug);
    if (!row && this.count >= maxDrafts) throw refusal("tooManyDrafts");
    if (row && row.device_id !== deviceId && row.last_saved > seen) throw refusal("draftChanged");
    // Later than what it replaces even within one millisecond: devices tell versions apart by it.
    const lastSaved = Math.max(Date.now(), (row?.last_saved ?? 0) + 1);
    this.#sql`
      INSERT INTO drafts (slug, content, metadata, last_saved, device_id)
      VALUES (${slug}, ${content}, ${JSON.stringify(metadata)}, ${lastSaved}, ${deviceId})
      ON CONFLICT (slug) DO UPDATE SET content = excluded.content, metadata = excluded.metadata,
        last_saved = excluded.last_saved, device_id = excluded.device_id`;
    return lastSaved;
  }

  /** Deletes a draft; false when there is none. */
  delete(slug: string): boolean {
    return this.#sql`DELETE FROM drafts WHERE slug = ${slug} RETURNING 1`.length > 0;
  }

  slugs(): string[] {
    return this.#sql<{ slug: string }>`SELECT slug FROM drafts`.map(({ slug }) => slug);
  }

  /** Up to `limit` drafts of which D1 has no copy, or an older one. */
  unsynced(limit: number): DraftRow[] {
    // Without an index: it would cost a row at every save, and this reads 500 rows at most in five minutes.
    return this.#sql<DraftRow>`SELECT * FROM drafts WHERE synced_at IS NOT last_saved LIMIT ${limit}`;
  }

  /** Notes which version D1 has now; a draft that was saved meanwhile is still to be copied. */
  markSynced(rows: readonly DraftRow[]): void {
    for (const { slug, last_saved } of rows) {
      this.#sql`UPDATE drafts SET synced_at = ${last_saved} WHERE slug = ${slug}`;
    }
  }

  #find(slug: string): DraftRow | null {
    return this.#sql.queryOne<DraftRow>("SELECT * FROM drafts WHERE slug = ?", slug);
  }
}

function stateOf({ metadata, last_saved, device_id }: Pick<DraftRow, "metadata" | "last_saved" | "device_id">) {
  const untitled: DraftMetadata = { title: "Untitled" };
  return { metadata: safeJsonParse(metadata, untitled), lastSaved: last_saved, deviceId: device_id };
}
