/** What a user's object held before it kept tokens; it may be there already. */
export const firstTables = `
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL,
    device_name TEXT,
    created_at INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ip_address TEXT,
    user_agent TEXT
  );
  CREATE INDEX IF NOT EXISTS idx_sessions_expires ON sessions(expires_at);
  CREATE INDEX IF NOT EXISTS idx_sessions_device ON sessions(device_id);
  CREATE TABLE IF NOT EXISTS rate_limits (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL DEFAULT 0,
    window_start INTEGER NOT NULL
  );`;

export const tokenColumns = `
  ALTER TABLE sessions ADD COLUMN refresh_token_enc TEXT;
  ALTER TABLE sessions ADD COLUMN access_token_hash TEXT;
  ALTER TABLE sessions ADD COLUMN access_expires_at INTEGER;`;
