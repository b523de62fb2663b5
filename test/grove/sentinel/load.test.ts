import fc from "fast-check";
import { expect, test } from "vitest";
import { batchSizeAt, rateAt } from "../../../examples/grove/objects/sentinel/load.ts";
import type { LoadProfile, OscillationConfig } from "../../../examples/grove/types.ts";

type Curve = NonNullable<NonNullable<LoadProfile["customConfig"]>["loadCurve"]>;

/** A hundred operations a second for a hundred seconds. */
const usual: LoadProfile = {
  ...{ type: "sustained", targetOperations: 10_000, durationSeconds: 100, concurrency: 200, targetSystems: ["kv_get"] },
};

function rates(changes: Partial<LoadProfile>, times: readonly number[]): number[] {
  const profile = { ...usual, ...changes };
  return times.map((elapsed) => Math.round(rateAt(profile, elapsed) * 1000) / 1000);
}

const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const anything = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e308, noNaN: true }), fc.double());
const configs = fc.record({
  spikeConfig: fc.record(
    { warmupSeconds: anything, spikeSeconds: anything, multiplier: anything },
    { requiredKeys: [] },
  ),
  oscillationConfig: fc.record(
    {
      ...{ minOpsPerSecond: anything, maxOpsPerSecond: anything, periodSeconds: anything },
      waveform: fc.constantFrom("sine", "square", "sawtooth"),
    },
    { requiredKeys: [] },
  ),
  rampConfig: fc.record(
    {
      ...{ startOpsPerSecond: anything, endOpsPerSecond: anything },
      ...{ rampUpSeconds: anything, holdSeconds: anything, rampDownSeconds: anything },
    },
    { requiredKeys: [] },
  ),
  customConfig: fc.record({ loadCurve: some(fc.array(fc.record({ second: anything, opsPerSecond: anything }))) }),
});

const profiles = fc.record({
  type: fc.constantFrom("spike", "sustained", "oscillation", "ramp", "custom"),
  targetOperations: fc.integer({ min: 1, max: 10_000_000 }),
  durationSeconds: fc.double({ min: 1, max: 3_600, noNaN: true }),
  concurrency: fc.integer({ min: 1, max: 200 }),
});

test("whatever a profile says, a rate is finite and never below 0, a batch whole and never over the concurrency", () =>
  fc.assert(
    fc.property(profiles, configs, fc.double({ min: 0, max: 10_000, noNaN: true }), (profile, config, elapsed) => {
      const given = { ...usual, ...profile, ...config } as LoadProfile; // even what no schema would let pass
      const [rate, size] = [rateAt(given, elapsed), batchSizeAt(given, elapsed)];

      expect(Number.isFinite(rate) && rate >= 0).toBe(true);
      expect(Number.isInteger(size) && size >= 0 && size <= profile.concurrency).toBe(true);
      expect(size).toBe(Math.min(Math.ceil(rate), profile.concurrency));
    }),
  ));

test("a steady load is the same all the time", () => {
  expect(rates({}, [0, 50, 99.9])).toEqual([100, 100, 100]);
});

test("a spike warms up for a fifth, is ten times as much for three tenths, and falls to half", () => {
  expect(rates({ type: "spike" }, [0, 10, 19.999, 20, 49.999, 50, 75, 100])).toEqual([
    0, 50, 99.995, 1_000, 1_000, 100, 75, 50,
  ]);
});

test("a spike is as its configuration says", () => {
  const spikeConfig = { warmupSeconds: 0, spikeSeconds: 10, multiplier: 3 };

  expect(rates({ type: "spike", spikeConfig }, [0, 9, 10, 55, 100])).toEqual([300, 300, 100, 75, 50]);
});

test("a spike that fills the test falls nowhere", () => {
  const spikeConfig = { warmupSeconds: 0, spikeSeconds: 100 };

  expect(rates({ type: "spike", spikeConfig }, [99.9, 100, 200])).toEqual([1_000, 50, 50]);
});

test.for<[OscillationConfig["waveform"], number[]]>([
  [undefined, [110, 200, 110, 20, 110]],
  ["sine", [110, 200, 110, 20, 110]],
  ["square", [200, 200, 20, 20, 200]],
  ["sawtooth", [20, 65, 110, 155, 20]],
])("an oscillation (%s) is between a fifth and twice as much, in a minute", ([waveform, expected]) => {
  const oscillationConfig = waveform ? { waveform } : {};

  expect(rates({ type: "oscillation", oscillationConfig }, [0, 15, 30, 45, 60])).toEqual(expected);
});

test("an oscillation is as its configuration says", () => {
  const oscillationConfig = { minOpsPerSecond: 10, maxOpsPerSecond: 30, periodSeconds: 8, waveform: "sine" } as const;

  expect(rates({ type: "oscillation", oscillationConfig }, [0, 2, 6, 10])).toEqual([20, 30, 10, 30]);
});

test("a ramp goes from 1 to twice as much in three tenths, stays for four, and comes back", () => {
  expect(rates({ type: "ramp" }, [0, 15, 30, 50, 70, 85, 100, 120])).toEqual([1, 100.5, 200, 200, 200, 100.5, 1, 1]);
});

test("a ramp is as its configuration says", () => {
  const rampConfig = {
    ...{ startOpsPerSecond: 10, endOpsPerSecond: 20, rampUpSeconds: 10, holdSeconds: 0, rampDownSeconds: 10 },
  };

  expect(rates({ type: "ramp", rampConfig }, [0, 5, 10, 15, 20, 90])).toEqual([10, 15, 20, 15, 10, 10]);
});

const curve = [
  { second: 10, opsPerSecond: 10 },
  { second: 20, opsPerSecond: 30 },
];

test.for<[string, Curve | undefined, number[]]>([
  ["is straight between its points, and flat outside", curve, [10, 10, 20, 30, 30]],
  ["may be in any order", curve.toReversed(), [10, 10, 20, 30, 30]],
  ["may jump", [...curve, { second: 20, opsPerSecond: 50 }], [10, 10, 20, 50, 50]],
  ["of one point is flat", curve.slice(0, 1), [10, 10, 10, 10, 10]],
  ["of no point is 1", [], [1, 1, 1, 1, 1]],
  ["that is missing is 1", undefined, [1, 1, 1, 1, 1]],
  ["below 0 is 0", [{ second: 0, opsPerSecond: -5 }], [0, 0, 0, 0, 0]],
])("a curve %s", ([, loadCurve, expected]) => {
  const customConfig = loadCurve ? { loadCurve } : {};

  expect(rates({ type: "custom", customConfig }, [0, 10, 15, 20, 90])).toEqual(expected);
});

test("a curve is not sorted in place", () => {
  const loadCurve = curve.toReversed();

  rateAt({ ...usual, type: "custom", customConfig: { loadCurve } }, 5);

  expect(loadCurve).toEqual(curve.toReversed());
});

test("a load of nothing has batches of nothing", () => {
  const profile = { ...usual, type: "custom", customConfig: { loadCurve: [{ second: 0, opsPerSecond: 0 }] } } as const;

  expect(batchSizeAt(profile, 5)).toBe(0);
});
