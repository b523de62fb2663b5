import type { RateBudget, TierLimits } from "../../types.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

const seedling: TierLimits = { postsPerMonth: 100, storageBytes: 1 * GiB, customDomains: 0 };

const limits = new Map<string, TierLimits>([
  ["wanderer", { postsPerMonth: 25, storageBytes: 100 * MiB, customDomains: 0 }],
  ["seedling", seedling],
  ["sapling", { postsPerMonth: -1, storageBytes: 5 * GiB, customDomains: 0 }],
  ["oak", { postsPerMonth: -1, storageBytes: 20 * GiB, customDomains: 3 }],
  ["evergreen", { postsPerMonth: -1, storageBytes: 100 * GiB, customDomains: 10 }],
]);

/** What a tier may use; one that nobody knows gets a seedling's share. */
export function limitsOf(tier: string): TierLimits {
  return limits.get(tier) ?? seedling;
}

/** What a site may be asked for in a while. */
export type Budgeted = "requests" | "writes" | "uploads" | "ai";

const day = 86_400;
const windows: Record<Budgeted, number> = { requests: 60, writes: 3_600, uploads: day, ai: day };

const budgets = new Map<string, Record<Budgeted, number>>([
  ["wanderer", { requests: 60, writes: 20, uploads: 5, ai: 0 }],
  ["seedling", { requests: 100, writes: 50, uploads: 10, ai: 25 }],
  ["sapling", { requests: 500, writes: 200, uploads: 50, ai: 100 }],
  ["oak", { requests: 1_000, writes: 500, uploads: 200, ai: 500 }],
  ["evergreen", { requests: 5_000, writes: 2_000, uploads: 1_000, ai: 2_500 }],
]);

/** A tier's budget, to be handed to `checkRateLimit`; a tier that nobody knows gets a seedling's. */
export function budgetOf(tier: string, what: Budgeted): RateBudget {
  const known = budgets.get(tier) ?? budgets.get("seedling")!;
  return { limit: known[what], windowSeconds: windows[what] };
}

const sections = new Map([
  ["sapling", 2],
  ["oak", 10],
  ["evergreen", Infinity],
]);

/** How many admin sections a site of this tier may add. */
export function sectionQuotaOf(tier: string): number {
  return sections.get(tier) ?? 0;
}
