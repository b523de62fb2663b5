import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WranglerDev } from "../../browser/support/wrangler-dev.ts";

describe.for(["hello", "game"])("examples/%s", (name) => {
  let server: WranglerDev;
  beforeAll(async () => {
    server = await WranglerDev.serve(`examples/${name}`);
  });
  afterAll(() => server?.end());

  test("answers what its README says, served by wrangler", async () => {
    const shown = readFileSync(`examples/${name}/README.md`, "utf8").match(/```sh\n([\s\S]*?)```/)![1]!;

    const printed = [];
    for (const line of shown.split("\n").filter((each) => each.startsWith("curl ")))
      printed.push(line, `# ${await pasted(line.replaceAll(":8787", `:${server.port}`))}`);

    expect(`${printed.join("\n")}\n`).toBe(shown);
  });
});

async function pasted(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-c", line.replace("curl ", "curl --silent --show-error ")]);
  return stdout;
}
