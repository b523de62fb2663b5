import type { Operation } from "../operation.ts";
import { reading, writing } from "./database.ts";

const table = `CREATE TABLE IF NOT EXISTS sentinel_test_data
  (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, data TEXT, created_at INTEGER NOT NULL) WITHOUT ROWID`;
const insert = "INSERT OR REPLACE INTO sentinel_test_data VALUES (?, ?, ?, unixepoch())";
const data = JSON.stringify({ text: "sentinel".repeat(32) });
const rowsAtOnce = 10;

export const writes: readonly Operation[] = [
  writing({ name: "insert_test_record", table }, (db, { name, tenantId }) => [
    db.prepare(insert).bind(name, tenantId, data),
  ]),
  writing({ name: "update_test_record", table }, (db, { name }) => [
    db.prepare("UPDATE sentinel_test_data SET data = ? WHERE id = ?").bind(data, name),
  ]),
  writing({ name: "batch_insert", table }, (db, { name, tenantId }) => {
    const statement = db.prepare(insert);
    return Array.from({ length: rowsAtOnce }, (_, row) => statement.bind(`${name}_${row}`, tenantId, data));
  }),
];

export const reads: readonly Operation[] = [
  reading("select_posts_listing", (db, { tenantId }) =>
    db
      .prepare("SELECT id, slug, title FROM posts WHERE tenant_id = ? ORDER BY created_at DESC LIMIT 20")
      .bind(tenantId),
  ),
  reading("select_test_record", (db, { name }) =>
    db.prepare("SELECT * FROM sentinel_test_data WHERE id = ?").bind(name),
  ),
];
