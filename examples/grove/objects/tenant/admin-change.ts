import type { AdminConfig, AdminSection } from "../../types.ts";

/** The admin config but for its sections, which are kept one by one. */
export type AdminSettings = Omit<AdminConfig, "customSections">;

/** What changes in an admin panel. */
export interface AdminChange {
  readonly settings?: AdminSettings;
  readonly sections?: readonly AdminSection[];
  /** The ids of sections that go. */
  readonly removed?: readonly string[];
}

export const firstSettings: AdminSettings = { font: "default", theme: null, editorPreferences: {} };

/** Has D1 take a change, whole or not at all. */
export async function writeChange(db: D1Database, tenantId: string, change: AdminChange): Promise<void> {
  const { settings, sections = [], removed = [] } = change;
  const statements = [
    ...(settings ? [settingsOf(db, tenantId, settings)] : []),
    ...(removed.length > 0 ? [removalOf(db, tenantId, removed)] : []),
    ...(sections.length > 0 ? [sectionsOf(db, tenantId, sections)] : []),
  ];
  if (statements.length > 0) await db.batch(statements);
}

function settingsOf(db: D1Database, tenantId: string, settings: AdminSettings): D1PreparedStatement {
  const statement = db.prepare(
    `INSERT INTO tenant_admin_config (tenant_id, config, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id) DO UPDATE SET config = excluded.config, updated_at = excluded.updated_at`,
  );
  return statement.bind(tenantId, JSON.stringify(settings), Math.floor(Date.now() / 1000));
}

// One parameter for all of them: D1 takes a hundred.
function sectionsOf(db: D1Database, tenantId: string, sections: readonly AdminSection[]): D1PreparedStatement {
  const statement = db.prepare(
    `INSERT INTO admin_sections (tenant_id, id, label, icon, href, enabled, tier, sort_order)
     SELECT ?1, value ->> 'id', value ->> 'label', value ->> 'icon', value ->> 'href', value ->> 'enabled',
       value ->> 'tier', value ->> 'sortOrder' FROM json_each(?2)
     WHERE TRUE ON CONFLICT (tenant_id, id) DO UPDATE SET label = excluded.label, icon = excluded.icon,
       href = excluded.href, enabled = excluded.enabled, tier = excluded.tier, sort_order = excluded.sort_order`,
  );
  return statement.bind(tenantId, JSON.stringify(sections));
}

function removalOf(db: D1Database, tenantId: string, ids: readonly string[]): D1PreparedStatement {
  const query = "DELETE FROM admin_sections WHERE tenant_id = ? AND id IN (SELECT value FROM json_each(?))";
  return db.prepare(query).bind(tenantId, JSON.stringify(ids));
}
