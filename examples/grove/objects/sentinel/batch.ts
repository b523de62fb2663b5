import type { LoadProfile } from "../../types.ts";
import type { Metric } from "./metric.ts";
import { chooseOperation } from "./operations.ts";
import { perform, type Site } from "./perform.ts";
import { chooseSystem } from "./systems.ts";

/** Does one operation at each site, all at once. */
export function fireAt(sites: readonly Site[], { targetSystems }: LoadProfile): Promise<Metric[]> {
  return Promise.all(
    sites.map(async (site) => {
      const system = chooseSystem(targetSystems, Math.random());
      const startedAt = Date.now();
      const result = await perform(chooseOperation(system, Math.random()), site);
      return { system, startedAt, completedAt: Date.now(), ...result };
    }),
  );
}
