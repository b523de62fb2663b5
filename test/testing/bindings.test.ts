import { env } from "cloudflare:workers";
import { d1Suite } from "./bindings/d1.suite.ts";
import { kvSuite } from "./bindings/kv.suite.ts";
import { r2Suite } from "./bindings/r2.suite.ts";

interface Stores {
  readonly SUITE_D1: D1Database;
  readonly SUITE_KV: KVNamespace;
  readonly SUITE_R2: R2Bucket;
}

const { SUITE_D1, SUITE_KV, SUITE_R2 } = env as unknown as Stores;

d1Suite(async () => {
  const tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '~_cf%' ESCAPE '~'";
  const drops = (await SUITE_D1.prepare(tables).raw<[string]>()).map(([name]) =>
    SUITE_D1.prepare(`DROP TABLE ${name}`),
  );
  await SUITE_D1.batch([SUITE_D1.prepare("PRAGMA defer_foreign_keys = on"), ...drops]);
  return SUITE_D1;
});

kvSuite(async () => {
  const { keys } = await SUITE_KV.list();
  await Promise.all(keys.map(({ name }) => SUITE_KV.delete(name)));
  return SUITE_KV;
});

r2Suite(async () => {
  const { objects } = await SUITE_R2.list();
  await SUITE_R2.delete(objects.map(({ key }) => key));
  return SUITE_R2;
});
