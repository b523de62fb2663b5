import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";

const root = join(inject("consumer"), "testing");
const run = promisify(execFile);

// What docs/testing.md tells to write, under the names that it gives.
const fenced = /^```js\n\/\/ (?<name>\S+)\n(?<code>[\s\S]*?)^```$/gm;
for (const { groups } of readFileSync("docs/testing.md", "utf8").matchAll(fenced)) {
  writeFileSync(join(root, groups!["name"]!), groups!["code"]!);
}

test("the kit runs under node:test as the page says, and leaves nothing behind that keeps the process", async () => {
  write(
    "counter.node.ts",
    `import assert from "node:assert/strict";
    import { test } from "node:test";
    import { wake } from "loom-do/testing";
    import { Counter } from "./counter.ts";

    test("counts, for a day", async () => {
      const counter = wake(Counter, { now: "2030-01-01" });
      const socket = await counter.connect("/live");
      await counter.fetch("/increment", { method: "POST" });
      assert.deepEqual(await socket.next(), { count: 1 });
      await counter.evict();
      assert.equal(await counter.call.value(), 1);
      await counter.advance("1d");
      assert.equal(await counter.call.value(), 0);
    });

    test("is told of a wait that nothing ends", async () => {
      const counter = wake(Counter, { now: "2030-01-01" });
      const socket = await counter.connect("/live");
      await assert.rejects(socket.next(), /no message comes: nothing runs in the object/);
    });`,
  );

  const stdout = await node("--import", "./lower.js", "--test", "--test-reporter", "tap", "counter.node.ts");

  expect(stdout).toMatch(/^# pass 2$/m);
});

test("the page's configuration of Jest lowers what it is given", async () => {
  write(
    "as-jest.mjs",
    `import { readFileSync, writeFileSync } from "node:fs";
    import config from "./jest.config.js";

    const [[pattern, file]] = Object.entries(config.transform);
    const { default: transformer } = await import(file);
    const { code } = transformer.process(readFileSync("counter.ts", "utf8"), "counter.ts");
    writeFileSync("counter.lowered.mjs", code);
    const { Counter } = await import("./counter.lowered.mjs");
    const { wake } = await import("loom-do/testing");
    const isFor = ["counter.ts", "counter.js"].map((name) => new RegExp(pattern).test(name));
    console.log(JSON.stringify([isFor, Counter.name, await wake(Counter).call.value()]));`,
  );

  expect(JSON.parse(await node("as-jest.mjs"))).toEqual([[true, false], "Counter", 0]);
});

function write(file: string, code: string): void {
  writeFileSync(join(root, file), code);
}

async function node(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, args, { cwd: root });
  return stdout;
}
