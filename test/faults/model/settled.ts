import { expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { Model } from "./model.ts";
import type { Real } from "./real.ts";
import { type Job, type Past, ROUNDS } from "./steps.ts";

// What the fixture declares: the first try and one more, and three items a batch.
const tries = 2;
const maxBatch = 3;
// A delivery that an abort has cut short is repeated by the platform after two seconds, and then four.
const longest = 15_000;

/** Waits until nothing is to be done soon, and compares what was done with what had to be. */
export async function settle(model: Model, real: Real): Promise<void> {
  let past!: Past;
  await eventually(async () => {
    past = await real.past();
    expect({ near: past.near, waiting: past.waiting }).toEqual({ near: 0, waiting: 0 });
  }, longest);
  for (const job of model.near.values()) (job.recurs ? expectRounds : expectRun)(job, past, model);
  model.near.clear();
  expect(past.runs.filter((token) => !model.tokens.has(token))).toEqual([]);
  expectDelivered(past, model);
}

function expectRun(job: Job, past: Past, model: Model): void {
  const { token, failures, echoes } = job;
  const runs = past.runs.filter((run) => run === token).length;
  const hasFailed = past.failed.includes(token);
  const is = `${token} ran ${runs} times, ${failures} to fail, given up: ${hasFailed}`;

  // Given up only after its tries, and else run until it did not fail.
  expect(hasFailed ? runs <= failures : runs > failures, is).toBe(true);
  if (echoes && runs > 0) expect(past.runs).toContain(`${token}+`);
  if (model.wasCut || model.wasRetried) return;
  expect(runs, is).toBe(Math.min(failures + 1, tries));
  expect(hasFailed, is).toBe(failures >= tries);
}

/** What recurs goes on after runs that were given up, until it has ended itself. */
function expectRounds({ token, failures }: Job, { runs, failed }: Past, model: Model): void {
  const count = runs.filter((run) => run === token).length;
  const is = `${token} ran ${count} times, ${failures} to fail`;

  expect(count, is).toBeGreaterThanOrEqual(failures + ROUNDS);
  if (model.wasCut || model.wasRetried) return;
  expect(count, is).toBe(failures + ROUNDS);
  expect(failed.filter((each) => each === token).length, is).toBeLessThanOrEqual(failures / tries);
}

function expectDelivered({ deliveries, failedBatches }: Past, model: Model): void {
  const failures = new Map(model.items.map((item) => [item.number, item.failures]));
  const batches = [...Map.groupBy(deliveries, ({ id }) => id)].map(([id, all]) => {
    const [first] = all.map(({ numbers }) => numbers) as [readonly number[]];
    return { id, first, all, failures: Math.max(...first.map((number) => failures.get(number) ?? NaN)) };
  });

  expect(batches.flatMap(({ first }) => first)).toEqual(model.items.map(({ number }) => number));
  for (const batch of batches) {
    expect(batch.first.length).toBeLessThanOrEqual(maxBatch);
    for (const { numbers } of batch.all) expect(numbers).toEqual(batch.first);
    const hasFailed = failedBatches.includes(batch.id);
    const is = `${batch.first} delivered ${batch.all.length} times, ${batch.failures} to fail, given up: ${hasFailed}`;
    expect(hasFailed ? batch.all.length <= batch.failures : batch.all.length > batch.failures, is).toBe(true);
    if (model.wasCut || model.wasRetried) continue;
    expect(batch.all.length, is).toBe(Math.min(batch.failures + 1, tries));
  }
}
