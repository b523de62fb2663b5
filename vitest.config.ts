import { existsSync, readFileSync } from "node:fs";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { lowerDecorators } from "./src/adapters/vite.ts";

const here = (path: string) => new URL(path, import.meta.url).pathname;

// The longer names first: an alias also answers for what begins with it.
const alias = {
  "loom-do/worker": here("src/adapters/worker.ts"),
  "loom-do/sveltekit": here("src/adapters/sveltekit.ts"),
  "loom-do/vite": here("src/adapters/vite.ts"),
  "loom-do": here("src/index.ts"),
};

// Grove's objects are bound as wrangler.toml binds them; every other class under its own name.
const grove: Record<string, string> = { PostContentDO: "POST_CONTENT", TenantDO: "TENANTS" };

// Whatever file test/worker.ts exports, every class in it is a Durable Object.
const classes = [...readFileSync(here("test/worker.ts"), "utf8").matchAll(/^export \* from "(.+)";/gm)]
  .map(([, file]) => here(`test/${file}`))
  .filter((file) => existsSync(file))
  .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/^export class (\w+)/gm)].map(([, name]) => name!));

const durableObjects = Object.fromEntries(
  classes.map((className) => [grove[className] ?? className, { className, useSQLite: className !== "KvBacked" }]),
);

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/count.mjs"],
    projects: [
      {
        plugins: [
          lowerDecorators(),
          cloudflareTest({
            main: "./test/worker.ts",
            miniflare: {
              compatibilityDate: "2026-10-01",
              cf: false,
              d1Databases: ["DB"],
              r2Buckets: ["IMAGES"],
              durableObjects,
            },
          }),
        ],
        resolve: { alias },
        test: {
          name: "workerd",
          include: ["test/**/*.test.ts"],
          exclude: ["test/node/**", "test/faults/**", "**/node_modules/**"],
          // One runtime for all files: objects are kept apart by their names, and a runtime a file doubles the time.
          isolate: false,
        },
      },
      {
        plugins: [lowerDecorators()],
        resolve: { alias },
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          exclude: ["test/node/dist/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "dist",
          include: ["test/node/dist/**/*.test.ts"],
          globalSetup: "test/node/dist/build.ts",
          testTimeout: 60_000,
        },
      },
      {
        test: { name: "faults", include: ["test/faults/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 60_000 },
      },
    ],
  },
});
