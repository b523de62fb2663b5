import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alarmed } from "../fixtures/alarm.ts";
import { delivery, inside } from "./support.ts";

type Step =
  | { readonly kind: "schedule" | "ensure"; readonly name: string; readonly key: string; readonly delay: number }
  | { readonly kind: "cancel"; readonly name: string; readonly key: string }
  | { readonly kind: "run"; readonly ahead: number }
  | { readonly kind: "rollBack"; readonly name: string; readonly key: string; readonly delay: number };

const name = fc.constantFrom("greet", "once", "");
const key = fc.constantFrom("a", "b");
// Nothing is due by the clock while the test runs: only the model's steps run anything.
const delay = fc.integer({ min: 60_000, max: 600_000 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("schedule" as const, "ensure" as const), name, key, delay }),
  fc.record({ kind: fc.constant("cancel" as const), name, key }),
  fc.record({ kind: fc.constant("run" as const), ahead: fc.integer({ min: 0, max: 700_000 }) }),
  fc.record({ kind: fc.constant("rollBack" as const), name, key, delay }),
);

/** What each alarm should be due at, by name and key. */
type Model = Map<string, number>;

async function take(object: Alarmed, model: Model, start: number, step: Step): Promise<void> {
  const { scheduler } = object;
  if (step.kind === "run") {
    const until = start + step.ahead;
    const due = [...model].filter(([, at]) => at <= until).map(([id]) => id);
    if (due.length === 0) return; // the platform does not call then
    object.runs.length = 0;
    await object.alarm(delivery(until));
    expect(object.runs.map((run) => `${run.name} ${run.key}`).toSorted()).toEqual(due.toSorted());
    for (const id of due) model.delete(id);
    return;
  }
  const id = `${step.name} ${step.key}`;
  const options = { key: step.key };
  if (step.kind === "cancel") {
    expect(await scheduler.cancel(step.name, options)).toBe(model.delete(id));
    return;
  }
  const at = new Date(start + step.delay);
  if (step.kind === "rollBack") {
    const work = () => {
      scheduler.schedule(step.name, at, undefined, options);
      throw new Error("no");
    };
    expect(() => object.transact(work)).toThrow("no");
    return;
  }
  if (step.kind === "ensure" && model.has(id) && model.get(id)! <= at.getTime()) {
    expect(await scheduler.ensureScheduled(step.name, at, undefined, options)).toBe(false);
    return;
  }
  scheduler.schedule(step.name, at, undefined, options);
  model.set(id, at.getTime());
}

test("after any steps what is pending is what was asked for, and the platform's alarm is at the earliest", async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await inside(async (object) => {
        const model: Model = new Map();
        const start = Date.now();
        for (const one of all) {
          await take(object, model, start, one);
          const pending = object.scheduler.list().map((row) => [`${row.name} ${row.key}`, row.scheduledTime.getTime()]);
          expect(new Map(pending as [string, number][])).toEqual(model);
          const earliest = model.size > 0 ? Math.min(...model.values()) : null;
          // A call by hand leaves the platform's alarm as it was when nothing is left.
          if (earliest !== null || one.kind !== "run") expect(await object.storage.getAlarm()).toBe(earliest);
          else await object.storage.deleteAlarm();
        }
      });
    }),
    { numRuns: 100 },
  );
});
