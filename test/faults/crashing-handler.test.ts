import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sink } from "../node/support/sink.ts";
import { Workerd } from "../node/support/workerd.ts";
import { eventually } from "./support/eventually.ts";
import { Trap } from "./support/trap.ts";

// A handler that brings its object down would be run, and billed, for ever: promise 6 has it given up.
const isLong = process.env["LOOM_FAULTS"] === "long";
const strikes = 3;
// A delivery that is so late and the first of its wake counts as one that was repeated.
const late = 1_100;

const trap = new Trap();
let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open(trap.answer);
  server = await Workerd.serve({
    fixture: new URL("fixtures/crashing.ts", import.meta.url),
    classes: ["Crashing"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

const givenUp = { failed: [{ name: "fatal", error: expect.stringContaining("crashed") as string }], pending: [] };

test("a handler that kills the process again and again is given up, and the other alarms run", async () => {
  const object = server.object("Crashing", "killed");
  let crash = trap.set(({ path }) => path === "/killed/fatal");
  await object.call("begin", "kill");

  for (let crashes = 1; crashes <= strikes + 1; crashes++) {
    await crash;
    await server.kill("SIGKILL");
    crash = trap.set(({ path }) => path === "/killed/fatal");
    await wait(late);
    await server.start();
    await object.call("add", `crash ${crashes}`);
  }

  await eventually(async () => expect((await object.call("state")).value).toMatchObject(givenUp));
  expect(ran("killed")).toEqual(["after it", "beside it", "crash 1", "crash 2", "crash 3", "crash 4"]);
});

// The platform waits 2, 4, 8 and 16 seconds before it delivers again.
test.runIf(isLong)(
  "a handler that resets its object again and again is given up, and the other alarms run",
  async () => {
    const object = server.object("Crashing", "reset");
    await object.call("begin", "reset");

    await eventually(async () => expect((await object.call("state")).value).toMatchObject(givenUp));
    expect(ran("reset")).toEqual(["after it", "beside it"]);
    const crashes = sink.received.filter((path) => path === "/reset/fatal").length;
    expect(crashes).toBeLessThanOrEqual(strikes + 1);
  },
);

/** The names of the steady alarms of `object` that ran. */
function ran(object: string): string[] {
  const start = `/${object}/steady/`;
  const names = sink.received.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  return [...new Set(names.map(decodeURIComponent))].toSorted();
}
