import type { LoadProfile, SentinelSystem } from "../../types.ts";
import { namesOf, prefixOf } from "./names.ts";
import type { Stores } from "./operation.ts";
import { isTableMissing } from "./perform.ts";

const writers: Readonly<Record<keyof Stores, readonly SentinelSystem[]>> = {
  DB: ["d1_writes", "post_crud"],
  KV: ["kv_put", "auth_flows"],
  IMAGES: ["r2_upload", "media_ops"],
};

/** Removes whatever a test may have made. Its names are known, so that nothing had to be noted. */
export async function removeAll(stores: Partial<Stores>, id: string, profile: LoadProfile): Promise<void> {
  const { DB, KV, IMAGES } = stores;
  const names = namesOf(id, profile.concurrency);
  const has = (store: keyof Stores) => writers[store].some((system) => profile.targetSystems.includes(system));
  const removals = [
    ...(DB && has("DB") ? [deleteRows(DB, id, "sentinel_test_data"), deleteRows(DB, id, "sentinel_test_posts")] : []),
    ...(KV && has("KV") ? names.map((name) => KV.delete(name)) : []),
    ...(IMAGES && has("IMAGES") ? [IMAGES.delete(names)] : []),
  ];
  // One store that is away keeps no other from being cleaned.
  const outcomes = await Promise.allSettled(removals);
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure) throw failure.reason;
}

async function deleteRows(db: D1Database, id: string, table: string): Promise<void> {
  const prefix = prefixOf(id);
  try {
    // What begins with the prefix, by the primary key: LIKE would read the whole table.
    await db.prepare(`DELETE FROM ${table} WHERE id >= ? AND id < ?`).bind(prefix, `${prefix}~`).run();
  } catch (error) {
    if (!isTableMissing(error)) throw error;
  }
}
