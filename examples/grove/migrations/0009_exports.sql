-- A site's exports, and what goes into them besides posts. Times are Unix seconds.
CREATE TABLE storage_exports (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  user_email TEXT,
  include_images INTEGER,
  delivery_method TEXT,
  status TEXT NOT NULL DEFAULT 'pending',
  progress INTEGER DEFAULT 0,
  r2_key TEXT,
  file_size_bytes INTEGER,
  item_counts TEXT,
  error_message TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  completed_at INTEGER,
  expires_at INTEGER
);

CREATE TABLE pages (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  title TEXT,
  description TEXT,
  markdown_content TEXT,
  type TEXT,
  nav_order INTEGER,
  created_at INTEGER,
  updated_at INTEGER
);

CREATE INDEX idx_pages_tenant ON pages (tenant_id);

CREATE TABLE gallery_images (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  r2_key TEXT NOT NULL,
  parsed_slug TEXT,
  custom_title TEXT,
  alt_text TEXT,
  file_size INTEGER,
  cdn_url TEXT,
  uploaded_at INTEGER,
  created_at INTEGER
);

CREATE INDEX idx_gallery_images_tenant ON gallery_images (tenant_id);
