import { nameOf } from "../blocks.ts";

/** What a reader has in wrangler's configuration, as the page's types of `env` say. */
export function configOf(path: string, text: string): object {
  const declared = text.matchAll(/readonly (?<name>[A-Z_]+): (?<type>\w+)(?:<(?<of>\w+)>)?/g);
  const all = [...new Map([...declared].map(({ groups }) => [groups!["name"], groups!])).values()];
  const objects = all.filter(({ type }) => type === "DurableObjectNamespace");
  const databases = all.filter(({ type }) => type === "D1Database");
  const datasets = all.filter(({ type }) => type === "AnalyticsEngineDataset");
  return {
    name: nameOf(path),
    main: "worker.ts",
    compatibility_date: "2026-10-01",
    durable_objects: { bindings: objects.map(({ name, of }) => ({ name, class_name: of })) },
    migrations: [{ tag: "v1", new_sqlite_classes: [...new Set(objects.map(({ of }) => of))] }],
    d1_databases: databases.map(({ name }) => ({ binding: name, database_name: name, database_id: name })),
    analytics_engine_datasets: datasets.map(({ name }) => ({ binding: name })),
  };
}
