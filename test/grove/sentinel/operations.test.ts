import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import type { Stores } from "../../../examples/grove/objects/sentinel/operation.ts";
import { chooseOperation, operations } from "../../../examples/grove/objects/sentinel/operations.ts";
import { perform } from "../../../examples/grove/objects/sentinel/perform.ts";
import { prepareDatabase } from "../support/database.ts";
import { grove } from "../support/grove.ts";

const named = new Map([...operations.values()].flat().map((operation) => [operation.name, operation]));
const { SUITE_D1 } = env as unknown as { SUITE_D1: D1Database }; // bound by vitest.config.ts

beforeAll(prepareDatabase);

/** A place nobody has made anything at. */
function newSite(stores: Partial<Stores> = grove) {
  return { tenantId: crypto.randomUUID(), name: `sentinel_test_${crypto.randomUUID()}`, stores };
}

function done(operationName: string, effect: object) {
  return { success: true, latencyMs: expect.any(Number), operationName, ...effect };
}

test.for<[system: string, name: string, effect: object]>([
  ["d1_writes", "insert_test_record", { rowsAffected: 1 }],
  ["d1_writes", "update_test_record", { rowsAffected: 0 }],
  ["d1_writes", "batch_insert", { rowsAffected: 10 }],
  ["d1_reads", "select_posts_listing", { rowsAffected: 0 }],
  ["d1_reads", "select_test_record", { rowsAffected: 0 }],
  ["kv_get", "kv_get_simple", { bytesTransferred: 0 }],
  ["kv_put", "kv_put_simple", { bytesTransferred: 8 }],
  ["kv_put", "kv_put_large", { bytesTransferred: 8_192 }],
  ["r2_upload", "r2_upload_small", { bytesTransferred: 1_024 }],
  ["r2_upload", "r2_upload_medium", { bytesTransferred: 65_536 }],
  ["r2_download", "r2_download_simple", { bytesTransferred: 0 }],
  ["r2_download", "r2_head", { bytesTransferred: 0 }],
  ["auth_flows", "session_lookup", { rowsAffected: 0 }],
  ["auth_flows", "rate_limit_check", { bytesTransferred: 1 }],
  ["post_crud", "post_create", { rowsAffected: 1 }],
  ["post_crud", "post_read", { rowsAffected: 0 }],
  ["post_crud", "post_update", { rowsAffected: 0 }],
  ["post_crud", "post_delete", { rowsAffected: 0 }],
  ["media_ops", "media_listing", { rowsAffected: 0 }],
  ["media_ops", "media_upload", { bytesTransferred: 16_384 }],
])("%s has %s", async ([system, name, effect]) => {
  // The first write of a database makes the table that it misses, and writes nothing.
  await perform(named.get(name), newSite());

  const result = await perform(named.get(name), newSite());

  expect(operations.get(system)).toContain(named.get(name));
  expect(result).toEqual(done(name, effect));
});

test.for<[write: string, read: string, effect: object]>([
  ["insert_test_record", "select_test_record", { rowsAffected: 1 }],
  ["kv_put_large", "kv_get_simple", { bytesTransferred: 8_192 }],
  ["r2_upload_medium", "r2_download_simple", { bytesTransferred: 65_536 }],
  ["post_create", "post_read", { rowsAffected: 1 }],
  ["post_create", "post_update", { rowsAffected: 1 }],
  ["post_create", "post_delete", { rowsAffected: 1 }],
])("what %s has written, %s finds", async ([write, read, effect]) => {
  const site = newSite();
  await perform(named.get(write), newSite());

  await perform(named.get(write), site);

  expect(await perform(named.get(read), site)).toEqual(done(read, effect));
});

test.for(["insert_test_record", "batch_insert", "kv_put_simple", "r2_upload_small", "post_create", "media_upload"])(
  "%s of a later batch takes the place of the one before",
  async (name) => {
    const site = newSite();
    await perform(named.get(name), newSite());

    const [first, second] = [await perform(named.get(name), site), await perform(named.get(name), site)];

    expect([first.success, second.success]).toEqual([true, true]);
  },
);

test("what a test puts into KV lives for an hour at most", async () => {
  const site = newSite();
  const before = Math.floor(Date.now() / 1000);

  await perform(named.get("kv_put_simple"), site);
  const { keys } = await grove.KV.list({ prefix: site.name });

  expect(keys).toEqual([{ name: site.name, expiration: expect.any(Number) }]);
  expect(keys[0]!.expiration! - before - 3_600).toBeLessThanOrEqual(60);
});

test("a count of rates goes up", async () => {
  const site = newSite();

  await perform(named.get("rate_limit_check"), site);
  await perform(named.get("rate_limit_check"), site);

  expect(await grove.KV.get(site.name)).toBe("2");
});

test("a site's own posts are listed, the newest twenty", async () => {
  const site = newSite();
  const tenantId = crypto.randomUUID();
  const posts = Array.from({ length: 25 }, (_, at) =>
    grove.DB.prepare("INSERT INTO posts (id, tenant_id, slug, created_at) VALUES (?, ?, ?, ?)").bind(
      ...[crypto.randomUUID(), tenantId, `post-${at}`, at],
    ),
  );
  await grove.DB.batch(posts);

  const result = await perform(named.get("select_posts_listing"), { ...site, tenantId });

  expect(result).toMatchObject({ success: true, rowsAffected: 20 });
});

test.for(["insert_test_record", "batch_insert", "post_create", "post_update"])(
  "%s makes the table that is missing, and counts as a success that wrote nothing",
  async (name) => {
    await SUITE_D1.exec("DROP TABLE IF EXISTS sentinel_test_data");
    await SUITE_D1.exec("DROP TABLE IF EXISTS sentinel_test_posts");
    const site = newSite({ DB: SUITE_D1 });

    const first = await perform(named.get(name), site);
    const tables = "SELECT count(*) AS n FROM sqlite_master WHERE name LIKE 'sentinel_test_%' AND type = 'table'";

    expect(first).toEqual(done(name, { rowsAffected: 0 }));
    expect(await SUITE_D1.prepare(tables).first("n")).toBe(1);
  },
);

test.for(["select_posts_listing", "select_test_record", "session_lookup", "media_listing", "post_read"])(
  "%s of a table that is missing finds nothing, successfully",
  async (name) => {
    await SUITE_D1.exec("DROP TABLE IF EXISTS sentinel_test_data");
    await SUITE_D1.exec("DROP TABLE IF EXISTS sentinel_test_posts");

    const result = await perform(named.get(name), newSite({ DB: SUITE_D1 }));

    expect(result).toEqual(done(name, { rowsAffected: 0 }));
  },
);

test("a system that nobody knows is a failure", async () => {
  const result = await perform(chooseOperation("d2_reads", 0), newSite());

  expect(result).toMatchObject({ success: false, latencyMs: 0, errorCode: "NO_OPERATION" });
});

test.for([
  ["insert_test_record", "DB"],
  ["kv_get_simple", "KV"],
  ["r2_head", "IMAGES"],
])("%s without %s is a failure that says so", async ([name, binding]) => {
  const result = await perform(named.get(name!), newSite({ ...grove, [binding!]: undefined }));

  expect(result).toEqual({
    ...{ success: false, latencyMs: 0, operationName: name, errorCode: "NO_BINDING" },
    errorMessage: `The binding ${binding} is missing.`,
  });
});

test.for([
  ["D1_ERROR: no such column: x: SQLITE_ERROR", "D1_ERROR"],
  ["KV PUT failed: 429 Too Many Requests", "KV_429"],
  ["put: We encountered an internal error. Please try again. (10001)", "R2_10001"],
  ["Network connection lost.", "OPERATION_FAILED"],
])("an operation that fails with %j has failed with %s", async ([message, errorCode]) => {
  const KV = { get: () => Promise.reject(new Error(message)) } as unknown as KVNamespace;

  const result = await perform(named.get("kv_get_simple"), newSite({ KV }));

  expect(result).toMatchObject({ success: false, operationName: "kv_get_simple", errorCode, errorMessage: message });
});

test("a message of a failure is cut where it would fill the history", async () => {
  const KV = { get: () => Promise.reject(new Error("x".repeat(1_000))) } as unknown as KVNamespace;

  const { errorMessage } = await perform(named.get("kv_get_simple"), newSite({ KV }));

  expect(errorMessage).toBe("x".repeat(300));
});
