import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { AlarmedCrash } from "../fixtures/alarm.ts";
import { failureOf } from "../support/failure.ts";
import { objectOf } from "../support.ts";

// Trap 11: facets have no alarms.
test("a facet that schedules an alarm is told, and stores nothing", async () => {
  await runInDurableObject(objectOf("AlarmedQuietly"), async (_object, ctx) => {
    const { AlarmedCrash: Facet } = ctx.exports as unknown as Record<string, DurableObjectClass<AlarmedCrash>>;
    const facetOf = () => ctx.facets.get<AlarmedCrash>("facet", () => ({ class: Facet! }));

    const error = await failureOf(facetOf().plan() as unknown as Promise<unknown>);

    expect(String(error)).toContain("Facets currently cannot set alarms");
    expect(await facetOf().tables()).toEqual([]);
  });
});
