-- Times are ISO texts.
CREATE TABLE chat_conversations (
  id TEXT PRIMARY KEY,
  participant_a TEXT NOT NULL,
  participant_b TEXT NOT NULL,
  created_at TEXT,
  updated_at TEXT,
  last_message_preview TEXT,
  last_message_at TEXT,
  UNIQUE (participant_a, participant_b)
);

CREATE TABLE chat_messages (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES chat_conversations (id),
  sender_id TEXT NOT NULL,
  content TEXT NOT NULL,
  content_type TEXT NOT NULL DEFAULT 'text' CHECK (content_type IN ('text', 'image')),
  metadata TEXT,
  created_at TEXT NOT NULL,
  retracted_at TEXT
);

CREATE INDEX idx_chat_messages_conversation ON chat_messages (conversation_id, created_at DESC, id DESC);

CREATE TABLE chat_read_cursors (
  conversation_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  last_read_message_id TEXT,
  last_read_at TEXT NOT NULL,
  PRIMARY KEY (conversation_id, tenant_id)
);
