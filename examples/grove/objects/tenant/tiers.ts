import type { TierLimits } from "../../types.ts";

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
