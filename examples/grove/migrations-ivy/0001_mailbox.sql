-- Times are ISO texts.
CREATE TABLE ivy_webhook_buffer (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  raw_payload TEXT,
  webhook_signature TEXT,
  status TEXT DEFAULT 'pending',
  retry_count INTEGER DEFAULT 0,
  error_message TEXT,
  received_at TEXT,
  processed_at TEXT
);

CREATE TABLE ivy_emails (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  encrypted_envelope TEXT,
  r2_content_key TEXT,
  is_draft INTEGER,
  category TEXT,
  confidence REAL,
  suggested_action TEXT,
  topics TEXT,
  classification_model TEXT,
  classified_at TEXT,
  is_read INTEGER,
  original_sender TEXT,
  created_at TEXT
);

CREATE TABLE ivy_triage_filters (
  id TEXT PRIMARY KEY,
  type TEXT,
  pattern TEXT,
  match_type TEXT,
  notes TEXT,
  created_at TEXT
);

CREATE TABLE ivy_settings (
  user_id TEXT PRIMARY KEY,
  digest_times TEXT,
  digest_timezone TEXT,
  digest_recipient TEXT,
  digest_enabled INTEGER,
  last_digest_at TEXT
);

CREATE TABLE ivy_digest_log (
  id TEXT PRIMARY KEY,
  sent_at TEXT,
  recipient TEXT,
  email_count INTEGER,
  categories TEXT,
  zephyr_message_id TEXT,
  digest_type TEXT
);
