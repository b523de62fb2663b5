import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";

const root = join(inject("consumer"), "testing");
const run = promisify(execFile);

test("the example's tests pass in a project that has the package installed", async () => {
  const report = join(root, "report.json");
  // The sample `request.cf` of the local runtime would come from the network.
  const env = { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false" };

  const options = ["run", "--root", root, "--reporter", "json", `--outputFile.json=${report}`];
  await run("node_modules/.bin/vitest", options, { env });

  const result = { success: true, numPassedTests: 9, numFailedTests: 0 };
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject(result);
});
