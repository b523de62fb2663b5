import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Volume } from "../fixtures/batch-volume.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";
import { runNextAlarm } from "./batches.ts";

const total = 100_000;
const aRound = 2_500;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Runs alarms until none is left; 1,000 batches of which a tenth is tried again need a few hundred. */
async function drain(object: DurableObjectStub<Volume>): Promise<void> {
  for (let left = 1_000; left > 0 && (await runNextAlarm(object)); left -= 1);
}

test("100,000 items through a sink that fails one time in ten: all there, in order, each batch the same on every try", async () => {
  capture();
  const object = objectOf<Volume>("Volume");

  for (let from = 0; from < total; from += aRound) {
    await object.addUpTo(from, from + 1_234);
    await runNextAlarm(object);
    await evictDurableObject(object);
    await object.addUpTo(from + 1_234, from + aRound);
  }
  await drain(object);

  const report = await object.report();
  expect(report).toMatchObject({ taken: total, misplaced: -1, faults: [], size: 0 });
  expect(report.tries).toBeGreaterThan(report.batches * 1.05);
}, 60_000);
