-- A site's published posts and drafts of posts. Times are Unix seconds.
CREATE TABLE posts (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  title TEXT,
  description TEXT,
  markdown_content TEXT,
  tags TEXT,
  status TEXT,
  featured_image TEXT,
  word_count INTEGER,
  published_at INTEGER,
  created_at INTEGER,
  updated_at INTEGER
);

CREATE INDEX idx_posts_tenant ON posts (tenant_id, created_at DESC);
