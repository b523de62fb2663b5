import { build } from "esbuild";
import { expect, test } from "vitest";
import { recurrenceOf } from "../../../src/alarm/recurrence.ts";

const pattern = { cron: "0 9 * * *", timeZone: "Europe/Berlin" };

test("without its entry a pattern is refused with the line to write; with it, it is read", async () => {
  expect(() => recurrenceOf(pattern, "@Alarm nine")).toThrow(
    '@Alarm nine: `cron` is read by an entry of its own. Write `import "loom-do/cron"`.',
  );

  await import("../../../src/cron.ts");

  const nine = recurrenceOf(pattern, "@Alarm nine")!.first(Date.UTC(2026, 0, 1));
  expect(new Date(nine).toISOString()).toBe("2026-01-01T08:00:00.000Z");
});

test.for([
  ["a class without alarms has neither recurrences nor the parser", "", [false, false]],
  ["a class with alarms has recurrences, the parser not", "@Alarm({ every: '1h' }) a() {}", [true, false]],
  ["loom-do/cron brings the parser", "@Alarm({ cron: '@daily' }) a() {}", [true, true]],
] as const)("%s", async ([, member, [recurs, parses]]) => {
  const code = await bundle(`
    import { Alarm, LoomDO, Persisted } from "loom-do";
    ${parses ? 'import "loom-do/cron";' : ""}
    export class Counter extends LoomDO { @Persisted accessor count = 0; ${member} }
  `);

  expect([code.includes("loom:recurrences"), code.includes("CronPattern")]).toEqual([recurs, parses]);
});

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    treeShaking: true,
    minify: true,
    tsconfig: "tsconfig.json",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
  });
  return outputFiles[0]!.text;
}
