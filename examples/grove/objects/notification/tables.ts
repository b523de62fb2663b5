/** What notifications are kept in: what a group holds is on its notification, `aggregated` says which that is. */
export const tables = `
  CREATE TABLE IF NOT EXISTS notifications (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    aggregation_key TEXT,
    actor_ids TEXT NOT NULL,
    count INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS idx_notifications_unread ON notifications (read_at) WHERE read_at IS NULL;
  CREATE INDEX IF NOT EXISTS idx_notifications_created ON notifications (created_at DESC, id DESC);
  CREATE TABLE IF NOT EXISTS aggregated (
    aggregation_key TEXT PRIMARY KEY,
    notification_id TEXT NOT NULL,
    last_updated INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen (
    dedupe_key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    aggregated INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;`;
