-- What readers follow, and what there is to read. Times are Unix seconds; a site stands for its author.
CREATE TABLE meadow_follows (
  id TEXT PRIMARY KEY,
  follower_id TEXT NOT NULL,
  followed_tenant_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (follower_id, followed_tenant_id)
);

CREATE TABLE meadow_posts (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  guid TEXT,
  title TEXT NOT NULL,
  description TEXT,
  link TEXT,
  author_name TEXT,
  author_subdomain TEXT,
  published_at INTEGER NOT NULL,
  score REAL DEFAULT 0,
  reaction_counts TEXT DEFAULT '{}'
);

CREATE INDEX idx_meadow_posts_tenant ON meadow_posts (tenant_id, published_at DESC);
