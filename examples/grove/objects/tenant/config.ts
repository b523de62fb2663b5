import { safeJsonParse } from "loom-do";
import { limitsOf } from "./tiers.ts";
import type { TenantConfig, TenantConfigChange } from "../../types.ts";

interface TenantRow {
  readonly id: string;
  readonly subdomain: string;
  readonly display_name: string | null;
  readonly email: string | null;
  readonly plan: string | null;
  readonly theme: string | null;
}

/** The config of an active tenant as D1 has it; null when there is none. */
export async function findTenant(db: D1Database, subdomain: string): Promise<TenantConfig | null> {
  const statement = db.prepare("SELECT * FROM tenants WHERE subdomain = ? AND active = 1");
  return configOf(await statement.bind(subdomain).first<TenantRow>());
}

/** Changes an active tenant in D1: its config as it then is, null when there is none. */
export async function changeTenant(
  db: D1Database,
  subdomain: string,
  { displayName, theme }: TenantConfigChange,
): Promise<TenantConfig | null> {
  const statement = db.prepare(
    `UPDATE tenants SET display_name = COALESCE(?1, display_name), theme = IIF(?2, ?3, theme), updated_at = ?4
     WHERE subdomain = ?5 AND active = 1 RETURNING *`,
  );
  const seconds = Math.floor(Date.now() / 1000);
  const themeJson = theme ? JSON.stringify(theme) : null;
  const values = [displayName ?? null, theme === undefined ? 0 : 1, themeJson, seconds, subdomain];
  return configOf(await statement.bind(...values).first<TenantRow>());
}

function configOf(row: TenantRow | null): TenantConfig | null {
  if (!row) return null;
  const { id, subdomain, display_name, email, plan, theme } = row;
  const tier = plan || "seedling";
  return {
    id,
    subdomain,
    displayName: display_name ?? subdomain,
    theme: themeOf(theme),
    tier,
    limits: limitsOf(tier),
    ownerId: email,
  };
}

/** A theme stored as JSON; older rows hold plain words, which name no theme any more. */
function themeOf(text: string | null): object | null {
  const theme = safeJsonParse<unknown>(text, null);
  return typeof theme === "object" && !Array.isArray(theme) ? theme : null;
}
