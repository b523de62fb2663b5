/** What a feed is kept in. */
export const tables = `
  CREATE TABLE IF NOT EXISTS feed_items (
    post_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    author_id TEXT NOT NULL,
    score REAL NOT NULL,
    created_at INTEGER NOT NULL,
    cached_preview TEXT,
    reaction_counts TEXT,
    added_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS idx_feed_score ON feed_items (score DESC, created_at DESC, post_id DESC);
  CREATE INDEX IF NOT EXISTS idx_feed_created ON feed_items (created_at DESC, post_id DESC);
  CREATE TABLE IF NOT EXISTS following (
    user_id TEXT PRIMARY KEY,
    followed_at INTEGER NOT NULL
  ) WITHOUT ROWID;`;
