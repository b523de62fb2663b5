import { globSync, readFileSync } from "node:fs";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { lowerDecorators } from "./src/adapters/vite.ts";

const alias = {
  "loom-do/worker": new URL("src/adapters/worker.ts", import.meta.url).pathname,
  "loom-do/sveltekit": new URL("src/adapters/sveltekit.ts", import.meta.url).pathname,
  "loom-do/vite": new URL("src/adapters/vite.ts", import.meta.url).pathname,
  "loom-do": new URL("src/index.ts", import.meta.url).pathname,
};

const classes = globSync("test/fixtures/*.ts").flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^export class (\w+)/gm)].map(([, name]) => name!),
);

export default defineConfig({
  plugins: [
    lowerDecorators(),
    cloudflareTest({
      main: "./test/worker.ts",
      miniflare: {
        compatibilityDate: "2026-10-01",
        cf: false,
        durableObjects: Object.fromEntries(classes.map((className) => [className, { className, useSQLite: true }])),
      },
    }),
  ],
  resolve: { alias },
  test: { include: ["test/**/*.test.ts"], exclude: ["test/node/**", "**/node_modules/**"] },
});
