import { grouped } from "../support/grouped.ts";
import type { Row } from "../support/row.ts";
import { type ByHand, type Objects, reactions, views } from "./traffic.ts";

/** What the traffic used. */
export interface Traffic {
  readonly hour: Objects;
  /** All of it within five minutes. */
  readonly fiveMinutes: Objects;
  readonly byHand: ByHand;
}

/** The statements that D1 runs, beside the document's numbers. */
export function d1Rows({ hour, fiveMinutes, byHand }: Traffic): Row[] {
  const batches = hour.TenantDO.requests - 2 * views;
  const flushes = hour.PostDO.requests - reactions;
  return [
    {
      what: "Grove, an hour: 10,000 page views, configs read from D1",
      ...measured(hour.TenantDO.d1Reads, 1),
      beside: `by hand ${grouped(byHand.views.d1Reads)}; a config holds for 5 minutes, with all views within that ${fiveMinutes.TenantDO.d1Reads}`,
    },
    {
      what: "Grove, an hour: 10,000 page views, writes to D1",
      ...measured(hour.AnalyticsDO.d1Writes, 1),
      beside: `by hand ${grouped(byHand.views.d1Writes)}; ${batches} batches go to the day's object, which writes totals and pages after midnight, in one call`,
    },
    {
      what: "Grove, an hour: 1,000 reactions, writes to D1",
      ...measured(hour.PostDO.d1Writes, 10),
      beside: `by hand ${grouped(byHand.reactions.d1Writes)}; ${flushes} flushes, 5 minutes after the first that D1 lacks, with all within that ${fiveMinutes.PostDO.d1Writes}`,
    },
  ];
}

function measured(statements: number, goal: number) {
  return { measured: `${statements}`, goal: `≤ ${goal}`, isReached: statements <= goal };
}
