-- Times are Unix seconds.
CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  subdomain TEXT UNIQUE,
  display_name TEXT,
  email TEXT,
  plan TEXT,
  theme TEXT,
  active INTEGER DEFAULT 1,
  storage_used INTEGER DEFAULT 0,
  created_at INTEGER,
  updated_at INTEGER
);
