/** What a test keeps beside its state: a sample of latencies, and the metrics that the history has not yet. */
export const tables = `
  CREATE TABLE IF NOT EXISTS latencies (
    place INTEGER PRIMARY KEY,
    ms REAL NOT NULL
  );
  CREATE TABLE IF NOT EXISTS metric_batches (
    batch INTEGER PRIMARY KEY,
    metrics TEXT NOT NULL,
    size INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
  );`;
