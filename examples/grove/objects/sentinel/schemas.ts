import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { z } from "zod";
import type { SentinelStatus } from "../../types.ts";
import { systems } from "./systems.ts";

const Id = z.string().min(1).max(128);
// Zod's numbers are finite.
const Amount = z.number().min(0);

const Spike = z.object({
  warmupSeconds: Amount.exactOptional(),
  spikeSeconds: Amount.exactOptional(),
  multiplier: Amount.exactOptional(),
});

const Oscillation = z.object({
  minOpsPerSecond: Amount.exactOptional(),
  maxOpsPerSecond: Amount.exactOptional(),
  periodSeconds: Amount.exactOptional(),
  waveform: z.enum(["sine", "square", "sawtooth"]).exactOptional(),
});

const Ramp = z.object({
  startOpsPerSecond: Amount.exactOptional(),
  endOpsPerSecond: Amount.exactOptional(),
  rampUpSeconds: Amount.exactOptional(),
  holdSeconds: Amount.exactOptional(),
  rampDownSeconds: Amount.exactOptional(),
});

// A point for every second of the longest test.
const LoadCurve = z.array(z.object({ second: Amount, opsPerSecond: Amount })).max(3_601);

const Profile = z.object({
  type: z.enum(["spike", "sustained", "oscillation", "ramp", "custom"]),
  targetOperations: z.int().min(1).max(10_000_000),
  durationSeconds: z.number().min(1).max(3_600),
  // An operation is two subrequests at most: 200 and the clean-up stay under the thousand of one invocation.
  concurrency: z.int().min(1).max(200),
  targetSystems: z.array(z.enum(systems)).min(1).max(systems.length),
  spikeConfig: Spike.exactOptional(),
  oscillationConfig: Oscillation.exactOptional(),
  rampConfig: Ramp.exactOptional(),
  customConfig: z.object({ loadCurve: LoadCurve.exactOptional() }).exactOptional(),
});

export const StartBody = z.object({ runId: Id, tenantId: Id, profile: Profile });

/** Answers bad input with the name of the field, as it is called within the profile. */
export const answerInvalidProfile: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  const [first, ...within] = (issues[0]?.path ?? []).filter((key) => typeof key !== "number").map(String);
  if (first === undefined) return LoomResponse.error(LOOM_ERRORS.NOT_JSON);
  const field = first === "profile" && within.length > 0 ? within.join(".") : first;
  return LoomResponse.json({ success: false, error: `Invalid profile: ${field}` }, 400);
};

/** What is answered when a test is in no state for what is asked. */
export function refusalOf(status: SentinelStatus): Response {
  const error = `Test already ${status}`;
  return LoomResponse.json({ success: false, error, ...(status !== "running" && { status }) }, 409);
}
