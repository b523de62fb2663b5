import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, inject, test } from "vitest";

const root = join(inject("consumer"), "testing");
const run = promisify(execFile);

test("the example's tests pass in a project that has the package installed", async () => {
  const report = join(root, "report.json");
  // The sample `request.cf` of the local runtime would come from the network.
  const env = { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false" };

  const options = ["run", "--root", root, "--reporter", "json", `--outputFile.json=${report}`];
  await run("node_modules/.bin/vitest", options, { env });

  const result = { success: true, numPassedTests: 8, numFailedTests: 0 };
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject(result);
});

test("the kit runs under node:test, and leaves nothing behind that keeps the process", async () => {
  const outfile = join(root, "node.test.mjs");
  const contents = `
    import assert from "node:assert";
    import { test } from "node:test";
    import { wake } from "loom-do/testing";
    import { Counter } from "./counter.ts";

    test("counts", async () => {
      const counter = wake(Counter);
      await counter.fetch("/increment", { method: "POST" });
      await counter.evict();
      assert.equal(await counter.call.value(), 1);
    });`;
  const stdin = { contents, resolveDir: root, loader: "ts" as const };
  await build({ stdin, outfile, bundle: true, format: "esm", target: "es2022", packages: "external" });

  const { stdout } = await run(process.execPath, ["--test", "--test-reporter", "tap", outfile], { cwd: root });

  expect(stdout).toMatch(/^# pass 1$/m);
});
