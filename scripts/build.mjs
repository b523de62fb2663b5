// Writes dist/: JavaScript, declarations and the map that says what `#platform` is.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });

// A file resolves `#platform` in the nearest package.json, and the root one points at src/. `types` comes first: the
// default branch has no `__DURABLE_OBJECT_BRAND`, and TypeScript would take it. Bundlers read `sideEffects` here too.
writeFileSync(
  "dist/package.json",
  `${JSON.stringify(
    {
      type: "module",
      sideEffects: ["./src/cron.js", "./src/metadata.js"],
      imports: {
        "#platform": {
          types: "./src/platform/workerd.d.ts",
          workerd: "./src/platform/workerd.js",
          default: "./src/platform/node.js",
        },
      },
    },
    null,
    2,
  )}\n`,
);
