-- A row a site and day, once the day is over: absolute figures, so that writing them again changes nothing.
CREATE TABLE analytics_daily (
  tenant_id TEXT NOT NULL,
  date TEXT NOT NULL,
  page_views INTEGER NOT NULL,
  unique_visitors INTEGER NOT NULL,
  posts_created INTEGER NOT NULL,
  comments_created INTEGER NOT NULL,
  reactions_given INTEGER NOT NULL,
  hourly TEXT NOT NULL,
  finalized_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, date)
) WITHOUT ROWID;

CREATE TABLE analytics_pages (
  tenant_id TEXT NOT NULL,
  date TEXT NOT NULL,
  path TEXT NOT NULL,
  views INTEGER NOT NULL,
  unique_views INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, date, path)
) WITHOUT ROWID;
