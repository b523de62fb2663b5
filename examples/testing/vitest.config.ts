import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { lowerDecorators } from "loom-do/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          lowerDecorators(),
          cloudflareTest({
            main: "./counter.ts",
            miniflare: {
              compatibilityDate: "2026-10-01",
              durableObjects: { COUNTER: { className: "Counter", useSQLite: true } },
            },
          }),
        ],
        test: { name: "workerd", include: ["counter.test.ts"] },
      },
      {
        plugins: [lowerDecorators()],
        test: { name: "kit", include: ["kit.test.ts"] },
      },
    ],
  },
});
