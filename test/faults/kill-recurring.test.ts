import { afterAll, beforeAll, expect, test } from "vitest";
import { Sink } from "../node/support/sink.ts";
import { Workerd } from "../node/support/workerd.ts";
import { eventually } from "./support/eventually.ts";
import { Trap } from "./support/trap.ts";

// A next time that is written apart from the end of a run is lost, or doubled, by a kill between the two.
const kills = process.env["LOOM_FAULTS"] === "long" ? 20 : 3;

const trap = new Trap();
let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open(trap.answer);
  server = await Workerd.serve({
    fixture: new URL("fixtures/recurring.ts", import.meta.url),
    classes: ["Recurring"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

/** The times that the runs of `key` stood for, one for each run. */
function timesOf(key: string): number[] {
  const start = `/${key}/`;
  return sink.received.filter((path) => path.startsWith(start)).map((path) => Number(path.slice(start.length)));
}

/** How the runs of `key` lie within their seconds. */
function offsetsOf(key: string): Set<number> {
  return new Set(timesOf(key).map((time) => time % 1_000));
}

test("keys that recur go on at their times when the process is killed inside their runs", async () => {
  const object = server.object("Recurring", "killed");
  await object.call("begin");
  const cutShort: number[] = [];

  for (let kill = 1; kill <= kills; kill += 1) {
    await trap.set(({ path }) => path.startsWith("/one/"));
    cutShort.push(timesOf("one").at(-1)!);
    await server.kill("SIGKILL");
    await server.start();
    await eventually(() => expect(timesOf("one").filter((time) => time === cutShort.at(-1))).toHaveLength(2));
  }
  const last = Math.max(...timesOf("one"), ...timesOf("other"));
  await eventually(() => expect(Math.min(timesOf("one").at(-1)!, timesOf("other").at(-1)!)).toBeGreaterThan(last));

  expect([offsetsOf("one").size, offsetsOf("other").size]).toEqual([1, 1]);
  expect(new Set(cutShort).size).toBe(kills);
  expect((await object.call("failed")).value).toBe(0);
});
