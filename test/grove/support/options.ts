import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { buildSync } from "esbuild";

const grove = new URL("../../../examples/grove/", import.meta.url).pathname;
const compatibilityDate = "2026-10-01";

interface Stores {
  readonly d1Databases: readonly string[];
  readonly r2Buckets: readonly string[];
  readonly kvNamespaces: readonly string[];
}

const migrations = {
  DB: await readD1Migrations(`${grove}migrations`),
  IVY_DB: await readD1Migrations(`${grove}migrations-ivy`),
};

/** Miniflare's options for what Grove's objects are given besides each other, next to the stores of other tests. */
export function groveOptions({ d1Databases, r2Buckets, kvNamespaces }: Stores) {
  return {
    d1Databases: [...d1Databases, "DB", "IVY_DB"],
    r2Buckets: [...r2Buckets, "IMAGES", "EXPORTS_BUCKET", "IVY_R2"],
    // The services' own stores are here too: a test looks into them.
    kvNamespaces: [...kvNamespaces, "KV", "SENT", "DAYS", "GRANTS"],
    queueProducers: { EVENTS: "grove-events" },
    serviceBindings: {
      ZEPHYR: "grove-mailer",
      CLASSIFIER: "grove-classifier",
      ANALYTICS_SINK: "grove-analytics-sink",
      IDENTITY: "grove-identity",
    },
    bindings: {
      MAILBOX_OWNER: "willow@example.com",
      SESSION_SECRET: "a secret",
      ZEPHYR_API_KEY: "a key",
      MIGRATIONS: migrations,
    },
    workers: [
      service("mailer", { kvNamespaces: ["SENT"], bindings: { API_KEY: "a key" } }),
      service("classifier"),
      service("analytics-sink", { kvNamespaces: ["DAYS"] }),
      service("identity", { kvNamespaces: ["GRANTS"] }),
    ],
  };
}

/** One of the Workers behind Grove's service bindings, bundled as wrangler does it. */
function service(name: string, options: object = {}) {
  const { outputFiles } = buildSync({
    entryPoints: [`${grove}services/${name}.ts`],
    ...{ bundle: true, write: false, format: "esm", target: "es2024", keepNames: true },
  });
  return { name: `grove-${name}`, modules: true, script: outputFiles[0]!.text, compatibilityDate, ...options };
}
