import type { SentinelSystem } from "../../types.ts";

const weights: Readonly<Record<SentinelSystem, number>> = {
  d1_reads: 0.6,
  kv_get: 0.15,
  auth_flows: 0.1,
  r2_download: 0.08,
  d1_writes: 0.05,
  kv_put: 0.05,
  r2_upload: 0.02,
  post_crud: 0.1,
  media_ops: 0.1,
};

/** Every system that there is. */
export const systems = Object.keys(weights) as SentinelSystem[]; // keys of a literal

/** One of the systems that are asked for, by their weights; `chance` is 0 to 1. */
export function chooseSystem(asked: readonly SentinelSystem[], chance: number): SentinelSystem {
  const total = asked.reduce((sum, system) => sum + weights[system], 0);
  let left = chance * total;
  // Rounding may leave a rest behind the last.
  return asked.find((system) => (left -= weights[system]) < 0) ?? asked.at(-1)!;
}
