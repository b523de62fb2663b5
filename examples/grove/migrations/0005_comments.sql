-- What readers write under posts. Times are ISO texts.
CREATE TABLE comments (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  post_id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  parent_id TEXT,
  content TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

CREATE INDEX idx_comments_post ON comments (tenant_id, post_id, created_at DESC);

-- How often a post has each reaction, as of `updated_at` in Unix milliseconds.
CREATE TABLE post_reaction_counts (
  tenant_id TEXT NOT NULL,
  post_id TEXT NOT NULL,
  reaction_type TEXT NOT NULL,
  count INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, post_id, reaction_type)
) WITHOUT ROWID;
