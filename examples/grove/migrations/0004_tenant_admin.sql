-- What TenantDO keeps a copy of here. Times are Unix seconds, but a draft's `last_saved`: devices compare it, in ms.
CREATE TABLE tenant_admin_config (
  tenant_id TEXT PRIMARY KEY,
  config TEXT NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE tenant_drafts (
  tenant_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  content TEXT NOT NULL,
  metadata TEXT NOT NULL,
  last_saved INTEGER NOT NULL,
  device_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, slug)
) WITHOUT ROWID;

CREATE TABLE admin_sections (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  label TEXT NOT NULL,
  icon TEXT NOT NULL,
  href TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  tier TEXT NOT NULL,
  sort_order INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

-- Times are texts in ISO form.
CREATE TABLE trail_waypoints (
  id TEXT PRIMARY KEY,
  trail_id TEXT,
  phase_id TEXT,
  title TEXT,
  description TEXT,
  status TEXT DEFAULT 'planned',
  target_date TEXT,
  links TEXT,
  icon TEXT,
  sort_order INTEGER,
  created_at TEXT,
  updated_at TEXT
);

-- Events go to AnalyticsDO, which writes a day here once it is over: nothing read them one by one.
DROP TABLE analytics_events;
