-- Who has ever signed in. Times are Unix seconds.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT UNIQUE,
  name TEXT,
  created_at INTEGER,
  updated_at INTEGER
);
