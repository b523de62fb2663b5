import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf } from "../blocks.ts";

interface Source {
  readonly path: string;
  readonly text: string;
}

/** Where what pages are made into is written: where tsconfig.json and node_modules answer for the imports. */
export const directory = join(import.meta.dirname, "..", ".pages");

/** Writes the folder that `wrangler dev` serves for a page: a Worker of its modules, and the configuration. */
export function writeFolder(page: Source, modules: Readonly<Record<string, string>>): string {
  const folder = join(directory, nameOf(page.path));
  mkdirSync(folder, { recursive: true });
  for (const [file, code] of Object.entries(modules)) writeFileSync(join(directory, file), code);
  writeFileSync(join(folder, "worker.ts"), workerOf(Object.keys(modules)));
  writeFileSync(join(folder, "wrangler.json"), JSON.stringify(configOf(page)));
  return folder;
}

function workerOf(files: readonly string[]): string {
  const imports = files.map((file, nth) => `import * as part${nth} from "../${file}";\nexport * from "../${file}";\n`);
  const parts = files.map((file, nth) => `"${file}": part${nth}`);
  const serve = `import { served } from "../../run/served.ts";\nexport default served({ ${parts.join(", ")} });\n`;
  return imports.join("") + serve;
}

/** What a reader has in wrangler's configuration, as the page's types of `env` say. */
function configOf({ path, text }: Source): object {
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
