import type { LoadProfile } from "../../types.ts";
import { custom, oscillation, ramp, spike } from "./shapes.ts";

const shapes = { spike, oscillation, ramp, custom, sustained: (base: number) => base };

/** How many operations a second a profile asks for at a time: finite, and never below 0. */
export function rateAt(profile: LoadProfile, elapsed: number): number {
  const base = profile.targetOperations / profile.durationSeconds;
  const rate = shapes[profile.type](base, profile, elapsed);
  return Number.isFinite(rate) ? Math.max(rate, 0) : 0;
}

/** How many operations the batch at a time has. */
export function batchSizeAt(profile: LoadProfile, elapsed: number): number {
  return Math.min(Math.ceil(rateAt(profile, elapsed)), profile.concurrency);
}
