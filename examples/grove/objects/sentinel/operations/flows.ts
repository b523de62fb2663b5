import type { Operation } from "../operation.ts";
import { reading, writing } from "./database.ts";
import { rateLimitCheck } from "./kv.ts";
import { mediaUpload } from "./r2.ts";

// Posts of tests have a table of their own: nothing here writes where readers look.
const table = `CREATE TABLE IF NOT EXISTS sentinel_test_posts
  (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, title TEXT, markdown_content TEXT, created_at INTEGER NOT NULL,
   updated_at INTEGER NOT NULL) WITHOUT ROWID`;
const text = "# A post of a load test\n".repeat(50);

export const authFlows: readonly Operation[] = [
  reading("session_lookup", (db) => db.prepare("SELECT 1 FROM sessions LIMIT 20")),
  rateLimitCheck,
];

export const postCrud: readonly Operation[] = [
  writing({ name: "post_create", table }, (db, { name, tenantId }) => [
    db
      .prepare("INSERT OR REPLACE INTO sentinel_test_posts VALUES (?, ?, 'A test', ?, unixepoch(), unixepoch())")
      .bind(name, tenantId, text),
  ]),
  reading("post_read", (db, { name }) => db.prepare("SELECT * FROM sentinel_test_posts WHERE id = ?").bind(name)),
  writing({ name: "post_update", table }, (db, { name }) => [
    db.prepare("UPDATE sentinel_test_posts SET title = 'Changed', updated_at = unixepoch() WHERE id = ?").bind(name),
  ]),
  writing({ name: "post_delete", table }, (db, { name }) => [
    db.prepare("DELETE FROM sentinel_test_posts WHERE id = ?").bind(name),
  ]),
];

export const mediaOps: readonly Operation[] = [
  reading("media_listing", (db) => db.prepare("SELECT 1 FROM media LIMIT 20")),
  mediaUpload,
];
