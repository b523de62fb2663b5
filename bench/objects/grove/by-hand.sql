-- What the site by hand keeps in D1 besides what Grove has there: as few rows a change as can be, no index.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  device_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE page_views (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  path TEXT NOT NULL,
  visitor TEXT NOT NULL,
  viewed_at INTEGER NOT NULL
);

CREATE TABLE reactions (
  tenant_id TEXT NOT NULL,
  post_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  reaction_type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, post_id, user_id, reaction_type)
) WITHOUT ROWID;
