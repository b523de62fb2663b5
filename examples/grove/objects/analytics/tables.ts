/** What a day is kept in. */
export const tables = `
  CREATE TABLE IF NOT EXISTS hourly_stats (
    hour INTEGER PRIMARY KEY,
    page_views INTEGER NOT NULL DEFAULT 0,
    unique_visitors INTEGER NOT NULL DEFAULT 0,
    posts_created INTEGER NOT NULL DEFAULT 0,
    comments_created INTEGER NOT NULL DEFAULT 0,
    reactions_given INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS page_stats (
    path TEXT PRIMARY KEY,
    views INTEGER NOT NULL DEFAULT 0,
    unique_views INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS visitor_hashes (
    hash TEXT PRIMARY KEY,
    first_seen INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS page_visitors (
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (path, hash)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen_batches (
    batch_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    rejected INTEGER NOT NULL
  ) WITHOUT ROWID;`;
