-- Times are Unix milliseconds; a batch that is delivered twice is stored once.
CREATE TABLE analytics_events (
  site TEXT NOT NULL,
  batch TEXT NOT NULL,
  place INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  event_data TEXT,
  timestamp INTEGER NOT NULL,
  PRIMARY KEY (site, batch, place)
) WITHOUT ROWID;
