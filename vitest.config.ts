import { existsSync, readFileSync } from "node:fs";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { lowerDecorators } from "./src/adapters/vite.ts";
import { groveNames } from "./test/grove/support/names.ts";
import { groveOptions } from "./test/grove/support/options.ts";

const here = (path: string) => new URL(path, import.meta.url).pathname;

// The longer names first: an alias also answers for what begins with it.
const alias = {
  "loom-do/worker": here("src/adapters/worker.ts"),
  "loom-do/cron": here("src/cron.ts"),
  "loom-do/patterns": here("src/patterns/index.ts"),
  "loom-do/client": here("src/client/index.ts"),
  "loom-do/testing/workerd": here("src/testing/workerd.ts"),
  "loom-do/testing": here("src/testing/index.ts"),
  "loom-do/sveltekit": here("src/adapters/sveltekit.ts"),
  "loom-do/vite": here("src/adapters/vite.ts"),
  "loom-do": here("src/index.ts"),
};

/** A worker whose objects are tested inside workerd. */
interface Tested {
  readonly main: string;
  readonly compatibilityDate: string;
  readonly include: string[];
}

// Whatever file the worker exports, every class in it is a Durable Object.
function objectsOf(main: string) {
  const classes = [...readFileSync(here(main), "utf8").matchAll(/^export \* from "(.+)";/gm)]
    .map(([, file]) => here(`test/${file}`))
    .filter((file) => existsSync(file))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/^export class (\w+)/gm)].map(([, name]) => name!));
  // Grove's objects are bound as wrangler.toml binds them; every other class under its own name.
  return Object.fromEntries(
    classes.map((className) => [
      groveNames[className] ?? className,
      { className, useSQLite: className !== "KvBacked" },
    ]),
  );
}

function inWorkerd(name: string, { main, compatibilityDate, include }: Tested): TestProjectInlineConfiguration {
  // From 2026-08-04 on AsyncLocalStorage needs no flag: a user with an older date has to set it.
  const compatibilityFlags = compatibilityDate < "2026-08-04" ? ["nodejs_compat"] : [];
  const stores = { d1Databases: ["SUITE_D1"], r2Buckets: ["SUITE_R2"], kvNamespaces: ["SUITE_KV"] };
  const worker = { compatibilityDate, compatibilityFlags, durableObjects: objectsOf(main) };
  const miniflare = { cf: false as const, ...worker, ...groveOptions(stores) };
  return {
    plugins: [lowerDecorators(), cloudflareTest({ main, miniflare })],
    resolve: { alias },
    test: {
      name,
      include,
      exclude: ["test/node/**", "test/faults/**", "test/browser/**", "**/node_modules/**"],
      // The properties are many runs each, and the machine may be busy.
      testTimeout: 30_000,
      // By themselves: beside the kit's run the runner in workerd has been seen to stand still between two files.
      sequence: { groupOrder: compatibilityDate === "2026-10-01" ? 0 : 1 },
      // One runtime for all files: objects are kept apart by their names, and a runtime a file doubles the time.
      isolate: false,
    },
  };
}

// What is tested in workerd runs a second time on Node: a difference is a bug of the testing kit. Left out are
// test/testing, which test/node/testing runs on Node by itself, and the files *.workerd.test.ts: facets, the rows that
// the platform counts, the lock of a cursor that is half read, storage without SQLite, the lack of jurisdictions, and a
// crash between two calls of D1: the kit's answers within a turn, which is on disk when it is over.
const onTheKit: TestProjectInlineConfiguration = {
  plugins: [lowerDecorators()],
  resolve: {
    alias: {
      ...alias,
      "cloudflare:test": here("test/node/kit/cloudflare-test.ts"),
      "cloudflare:workers": here("test/node/kit/cloudflare-workers.ts"),
    },
  },
  test: {
    name: "kit",
    include: ["test/**/*.test.ts"],
    exclude: ["test/{node,browser,faults,testing}/**", "test/**/*.workerd.test.ts"],
    setupFiles: ["test/node/kit/setup.ts"],
    isolate: false,
    sequence: { groupOrder: 2 },
    testTimeout: 20_000,
  },
};

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/count.mjs"],
    projects: [
      inWorkerd("workerd", {
        main: "./test/worker.ts",
        compatibilityDate: "2026-10-01",
        include: ["test/**/*.test.ts"],
      }),
      // A date from before the runtime answered close frames of standard sockets (2026-04-07), as clients here are.
      inWorkerd("workerd at 2026-03-30", {
        main: "./test/worker-sockets.ts",
        compatibilityDate: "2026-03-30",
        include: ["test/socket/**/*.test.ts"],
      }),
      onTheKit,
      {
        plugins: [lowerDecorators()],
        resolve: { alias },
        test: {
          name: "node",
          sequence: { groupOrder: 3 },
          include: ["test/node/**/*.test.ts"],
          exclude: ["test/node/dist/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "dist",
          sequence: { groupOrder: 3 },
          include: ["test/node/dist/**/*.test.ts"],
          globalSetup: "test/node/dist/build.ts",
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          sequence: { groupOrder: 3 },
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "faults",
          sequence: { groupOrder: 3 },
          include: ["test/faults/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
