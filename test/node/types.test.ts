import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";

let errors: string[];

beforeAll(async () => {
  errors = (await tsc("test")).split("\n").filter((line) => line.includes(": error TS"));
});

test.for(globSync("test/types/*.test-d.ts"))("%s compiles", (file) => {
  expect(errors.filter((line) => line.startsWith(file))).toEqual([]);
});

test("what the type tests rest on compiles", () => {
  expect(errors.filter((line) => !line.startsWith("test/types/"))).toEqual([]);
});

function tsc(project: string): Promise<string> {
  const compiler = "node_modules/typescript/bin/tsc";
  return new Promise((resolve) =>
    execFile(process.execPath, [compiler, "--noEmit", "--pretty", "false", "-p", project], (_error, out) =>
      resolve(out),
    ),
  );
}
