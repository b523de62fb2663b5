import * as fc from "fast-check";
import { describe, test } from "vitest";
import { Workerd } from "../node/support/workerd.ts";
import { sequence } from "./model/arbitrary.ts";
import { eviction, settling } from "./model/commands.ts";
import { Model } from "./model/model.ts";
import { Real } from "./model/real.ts";

// LOOM_FAULTS=long asks for more; LOOM_SEED=<number> repeats a run's sequences.
const isLong = process.env["LOOM_FAULTS"] === "long";
const numRuns = isLong ? 500 : 20;
const isNew = process.env["LOOM_SEED"] === undefined;
const first = Number(process.env["LOOM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

// Side by side, for most of the time is waited: each lane has a server of its own to kill.
describe.concurrent(`an object is what was acknowledged, whatever happens to it (LOOM_SEED=${first})`, () => {
  test.for([0, 1, 2, 3])("in lane %i", { timeout: 1_200_000 }, async (lane) => {
    const server = await Workerd.serve({
      fixture: new URL("fixtures/everything.ts", import.meta.url),
      classes: ["Everything"],
    });
    try {
      // A failure is shrunk when it is repeated: each try may wait for what never comes.
      await fc.assert(propertyOf(server), { seed: first + lane, numRuns, endOnFailure: isNew });
    } finally {
      await server.end();
    }
  });
});

function propertyOf(server: Workerd) {
  return fc.asyncProperty(sequence, async (commands) => {
    const real = new Real(server);
    const model = new Model();
    await fc.asyncModelRun(() => ({ model, real }), [...commands, settling(), eviction(), settling()]);
    real.end();
  });
}
