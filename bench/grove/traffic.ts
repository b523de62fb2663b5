import type { Used } from "../objects/grove/usage.ts";
import type { GroveServer, Side } from "../support/grove-server.ts";
import type { Load } from "../support/load.ts";

/** What was used, by who used it or by what it was used for. */
type UsedBy<Who extends string> = Readonly<Record<Who, Used>>;
export type Objects = UsedBy<"TenantDO" | "AnalyticsDO" | "PostDO" | "SessionDO">;
export type ByHand = UsedBy<"views" | "reactions" | "sessions">;

export const views = 10_000;
export const reactions = 1_000;

// A reaction and ten views each.
const steps = 1_000;
const stepsARequest = 50;

/** What the objects use when all traffic comes within `minutes`, and the day ends. */
export async function usedByObjects(server: GroveServer, minutes: number): Promise<Objects> {
  const used = await run<keyof Objects>(server, "loom", minutes);
  await expect(server, "loom", { of: "SELECT page_views AS count FROM analytics_daily", is: views });
  await expect(server, "loom", { of: "SELECT sum(count) AS count FROM post_reaction_counts", is: reactions });
  return used;
}

/** What the same traffic uses where D1 is asked for everything. */
export async function usedByHand(server: GroveServer, minutes: number): Promise<ByHand> {
  const used = await run<keyof ByHand>(server, "other", minutes);
  await expect(server, "other", { of: "SELECT count(*) AS count FROM page_views", is: views });
  await expect(server, "other", { of: "SELECT count(*) AS count FROM reactions", is: reactions });
  return used;
}

/** What all of them used together. */
export function sumOf(...all: readonly Used[]): Used {
  return all.reduce((sum, its) => combine(sum, its, (one, other) => one + other));
}

async function run<Who extends string>(server: GroveServer, side: Side, minutes: number): Promise<UsedBy<Who>> {
  const load = await server.open(side);
  await load.run(1, () => "POST /open");
  const before = await usedSoFar<Who>(load);
  const pace = (minutes * 60_000) / steps;
  const target = (from: number) => `/steps?from=${from}&to=${from + stepsARequest}&pace=${pace}`;
  await load.run(steps / stepsARequest, (at) => `POST ${target(at * stepsARequest)}`);
  await load.run(1, () => "POST /close");
  const after = await usedSoFar<Who>(load);
  load.close();
  const entries = Object.entries<Used>(after).map(([who, its]) => {
    return [who, combine(its, before[who as Who], (one, other) => one - other)]; // the same keys
  });
  return Object.fromEntries(entries) as UsedBy<Who>; // once more
}

async function usedSoFar<Who extends string>(load: Load): Promise<UsedBy<Who>> {
  return JSON.parse(await load.run(1, () => "GET /used")) as UsedBy<Who>;
}

/** Nothing is spared by what is lost on the way to D1. */
async function expect(server: GroveServer, side: Side, count: { of: string; is: number }): Promise<void> {
  const found = await server.count(side, count.of);
  if (found !== count.is) throw new Error(`${count.of}: ${found} instead of ${count.is}`);
}

function combine(one: Used, other: Used, by: (one: number, other: number) => number): Used {
  const keys = Object.keys(one) as (keyof Used)[];
  return Object.fromEntries(keys.map((key) => [key, by(one[key], other[key])])) as Used; // the same keys
}
