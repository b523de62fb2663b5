-- Load tests. Times are Unix seconds. What tests write for the sake of writing is in tables that they make themselves.
CREATE TABLE sentinel_runs (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  name TEXT,
  profile_type TEXT,
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  started_at INTEGER,
  completed_at INTEGER,
  total_operations INTEGER,
  successful_operations INTEGER,
  failed_operations INTEGER,
  avg_latency_ms REAL,
  p50_latency_ms REAL,
  p95_latency_ms REAL,
  p99_latency_ms REAL,
  max_latency_ms REAL,
  min_latency_ms REAL,
  throughput_ops_sec REAL,
  error_count INTEGER,
  error_types TEXT,
  updated_at INTEGER
) WITHOUT ROWID;

CREATE TABLE sentinel_metrics (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  operation_type TEXT NOT NULL,
  operation_name TEXT NOT NULL,
  batch_index INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  completed_at INTEGER NOT NULL,
  latency_ms REAL NOT NULL,
  success INTEGER NOT NULL CHECK (success IN (0, 1)),
  error_message TEXT,
  error_code TEXT,
  rows_affected INTEGER,
  bytes_transferred INTEGER
) WITHOUT ROWID;

CREATE INDEX idx_sentinel_metrics_run ON sentinel_metrics (run_id, batch_index);

CREATE TABLE sentinel_checkpoints (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  checkpoint_index INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  elapsed_seconds INTEGER NOT NULL,
  operations_completed INTEGER NOT NULL,
  operations_failed INTEGER NOT NULL,
  current_throughput REAL NOT NULL,
  avg_latency_ms REAL NOT NULL,
  error_rate REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX idx_sentinel_checkpoints_run ON sentinel_checkpoints (run_id, checkpoint_index);
