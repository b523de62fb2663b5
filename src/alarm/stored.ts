// Written on a bare wake: the steps that made the tables, and what arming notes.
const bare: ReadonlySet<string> = new Set(["loom:schema", "loom:migration", "loom:recurrences"]);

const tables =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'";

/** How many rows an object has stored, up to `limit`. */
export function countRows({ kv, sql }: DurableObjectStorage, limit: number): number {
  const keys = [...kv.list({ limit: limit + bare.size })].filter(([key]) => !bare.has(key));
  let count = keys.length;
  for (const { name } of sql.exec<{ name: string }>(tables).toArray()) {
    if (count >= limit) break;
    const some = `SELECT 1 FROM "${name.replaceAll('"', '""')}" LIMIT ?`;
    count += sql.exec<{ count: number }>(`SELECT count(*) AS count FROM (${some})`, limit - count).one().count;
  }
  return Math.min(count, limit);
}
