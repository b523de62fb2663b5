import type { DraftRow, Drafts } from "./drafts.ts";

// A draft has up to 1 MiB.
const draftsAtOnce = 8;

/** Makes D1's copies of a site's drafts what the drafts are; done twice, it is done once. */
export async function writeCopies(drafts: Drafts, db: D1Database, tenantId: string): Promise<void> {
  await removalOfOthers(db, tenantId, drafts.slugs()).run();
  for (let rows = drafts.unsynced(draftsAtOnce); rows.length > 0; rows = drafts.unsynced(draftsAtOnce)) {
    await db.batch(rows.map((row) => copyOf(db, tenantId, row)));
    drafts.markSynced(rows);
  }
}

function removalOfOthers(db: D1Database, tenantId: string, slugs: readonly string[]): D1PreparedStatement {
  const query = "DELETE FROM tenant_drafts WHERE tenant_id = ? AND slug NOT IN (SELECT value FROM json_each(?))";
  return db.prepare(query).bind(tenantId, JSON.stringify(slugs));
}

function copyOf(db: D1Database, tenantId: string, row: DraftRow): D1PreparedStatement {
  const statement = db.prepare(
    `INSERT INTO tenant_drafts (tenant_id, slug, content, metadata, last_saved, device_id) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant_id, slug) DO UPDATE SET content = excluded.content, metadata = excluded.metadata,
       last_saved = excluded.last_saved, device_id = excluded.device_id`,
  );
  const { slug, content, metadata, last_saved, device_id } = row;
  return statement.bind(tenantId, slug, content, metadata, last_saved, device_id);
}
