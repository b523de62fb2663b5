import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { SentinelDO } from "../../../examples/grove/objects/sentinel.ts";
import type { LoadProfile } from "../../../examples/grove/types.ts";
import { ask, data, grove } from "../support/grove.ts";

export const start = 1_900_000_000_000;

/** Sets the clock to so many seconds after the start. */
export function at(seconds: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: start + seconds * 1000 });
}

/** Ten operations a second for ten seconds. */
export const steady: LoadProfile = {
  ...{ type: "sustained", targetOperations: 100, durationSeconds: 10, concurrency: 50, targetSystems: ["kv_get"] },
};

export interface Test {
  readonly runId: string;
  readonly tenantId: string;
  readonly object: DurableObjectStub<SentinelDO>;
}

/** A test nobody has started, with its row in D1. */
export async function newTest(binding = "SENTINEL"): Promise<Test> {
  at(0);
  const [runId, tenantId] = [crypto.randomUUID(), "willow"];
  const row = "INSERT INTO sentinel_runs (id, tenant_id, name, profile_type) VALUES (?, ?, 'A test', 'sustained')";
  await grove.DB.prepare(row).bind(runId, tenantId).run();
  return reached({ runId, tenantId }, binding);
}

/** A test by a stub of its own: one breaks with its object. */
export function reached({ runId, tenantId }: Omit<Test, "object">, binding: string): Test {
  const namespace = grove[binding] as unknown as DurableObjectNamespace<SentinelDO>; // it, or a subclass of it
  return { runId, tenantId, object: namespace.getByName(`sentinel:${tenantId}:${runId}`) };
}

/** Starts a test. */
export function begin({ object, runId, tenantId }: Test, changes: Partial<LoadProfile> = {}) {
  return ask(object, "POST /start", { runId, tenantId, profile: { ...steady, ...changes } });
}

/** A test that has been started. */
export async function startedTest(changes: Partial<LoadProfile> = {}, binding?: string): Promise<Test> {
  const test = await newTest(binding);
  await begin(test, changes);
  return test;
}

const ends = {
  completed: (test: Test) => batchesAt(test, 10),
  cancelled: ({ object }: Test) => ask(object, "POST /cancel"),
  failed: ({ object }: Test) => runInDurableObject(object, (instance: SentinelDO) => instance.giveUp()),
};

/** A test that has ended this way. */
export async function endedTest(status: keyof typeof ends): Promise<Test> {
  const started = await startedTest();
  await ends[status](started);
  return started;
}

/** Lets a test that has been started do what is due at each of these seconds. */
export async function batchesAt({ object }: Pick<Test, "object">, ...seconds: number[]) {
  for (const second of seconds) {
    at(second);
    await runDurableObjectAlarm(object);
  }
}

export async function statusOf({ object }: Pick<Test, "object">): Promise<Record<string, unknown>> {
  return data(await ask(object, "GET /status"));
}

/** The test's row in D1. */
export function runOf({ runId }: Test): Promise<Record<string, unknown> | null> {
  return grove.DB.prepare("SELECT * FROM sentinel_runs WHERE id = ?").bind(runId).first();
}

/** The rows that D1 has of a test, in a table of its. */
export async function rowsOf({ runId }: Test, table: "sentinel_metrics" | "sentinel_checkpoints") {
  const query = grove.DB.prepare(`SELECT * FROM ${table} WHERE run_id = ? ORDER BY 4, 1`).bind(runId);
  return (await query.all()).results;
}

/** What a test has left in the stores: rows, keys and objects with its id in their names. */
export async function leftBy({ object }: Test): Promise<string[]> {
  const prefix = `sentinel_test_${object.id}`;
  const tables = "SELECT name FROM sqlite_master WHERE name LIKE 'sentinel_test_%' AND type = 'table'";
  const { results } = await grove.DB.prepare(tables).all<{ name: string }>();
  const rows = results.map(async ({ name }) => {
    const query = grove.DB.prepare(`SELECT id FROM ${name} WHERE instr(id, ?) = 1`).bind(prefix);
    return (await query.all<{ id: string }>()).results.map(({ id }) => id);
  });
  const keys = (await grove.KV.list({ prefix })).keys.map(({ name }) => name);
  const objects = (await grove.IMAGES.list({ prefix })).objects.map(({ key }) => key);
  return [...(await Promise.all(rows)).flat(), ...keys, ...objects];
}

export function alarmOf({ object }: Pick<Test, "object">): Promise<number | null> {
  return runInDurableObject(object, (_, { storage }) => storage.getAlarm());
}

/** What the object's storage has in a table. */
export function keptIn({ object }: Test, table: string): Promise<Record<string, unknown>[]> {
  return runInDurableObject(object, (_, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());
}
