import type { LoadPoint, LoadProfile } from "../../types.ts";

type Shape = (base: number, profile: LoadProfile, elapsed: number) => number;

/** Warms up, asks for many times as much, and falls to half. */
export const spike: Shape = (base, { durationSeconds, spikeConfig = {} }, elapsed) => {
  const { warmupSeconds = durationSeconds * 0.2, spikeSeconds = durationSeconds * 0.3, multiplier = 10 } = spikeConfig;
  const end = warmupSeconds + spikeSeconds;
  if (elapsed < warmupSeconds) return between([0, base], elapsed / warmupSeconds);
  if (elapsed < end) return base * multiplier;
  return between([base, base / 2], share(elapsed - end, durationSeconds - end));
};

/** Goes up and down. */
export const oscillation: Shape = (base, { oscillationConfig = {} }, elapsed) => {
  const { minOpsPerSecond = base * 0.2, maxOpsPerSecond = base * 2, waveform = "sine" } = oscillationConfig;
  const { periodSeconds = 60 } = oscillationConfig;
  // A period of nothing goes neither up nor down.
  const phase = periodSeconds > 0 ? (elapsed % periodSeconds) / periodSeconds : 0;
  return between([minOpsPerSecond, maxOpsPerSecond], waves[waveform](phase));
};

/** Where between lowest (0) and highest (1) a wave is, by how much of its period is over. */
const waves = {
  sine: (phase: number) => (1 + Math.sin(2 * Math.PI * phase)) / 2,
  square: (phase: number) => (phase < 0.5 ? 1 : 0),
  sawtooth: (phase: number) => phase,
};

/** Goes up, stays there, and comes down. */
export const ramp: Shape = (base, { durationSeconds, rampConfig = {} }, elapsed) => {
  const { startOpsPerSecond: low = 1, endOpsPerSecond: high = base * 2 } = rampConfig;
  const { rampUpSeconds = durationSeconds * 0.3, holdSeconds = durationSeconds * 0.4 } = rampConfig;
  const { rampDownSeconds = durationSeconds * 0.3 } = rampConfig;
  const down = rampUpSeconds + holdSeconds;
  if (elapsed < rampUpSeconds) return between([low, high], elapsed / rampUpSeconds);
  if (elapsed < down) return high;
  return between([high, low], share(elapsed - down, rampDownSeconds));
};

/** Goes from point to point in straight lines. */
export const custom: Shape = (_base, { customConfig }, elapsed) => {
  const curve = (customConfig?.loadCurve ?? []).toSorted((one, other) => one.second - other.second);
  const after = curve.findIndex(({ second }) => second > elapsed);
  const [from, to] = after < 0 ? [curve.at(-1), undefined] : [curve[after - 1], curve[after]];
  return valueBetween(from, to, elapsed);
};

/** Before the first point it is the first's, after the last the last's. */
function valueBetween(from: LoadPoint | undefined, to: LoadPoint | undefined, elapsed: number): number {
  if (!from || !to) return (from ?? to)?.opsPerSecond ?? 1;
  return between([from.opsPerSecond, to.opsPerSecond], (elapsed - from.second) / (to.second - from.second));
}

function between([from, to]: readonly [number, number], part: number): number {
  return from + (to - from) * part;
}

/** How much of a time is over; of no time all is. */
function share(elapsed: number, length: number): number {
  return length > 0 ? Math.min(elapsed / length, 1) : 1;
}
