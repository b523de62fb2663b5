import type { Classification } from "../../types.ts";

/** A row of `ivy_triage_filters`. */
export interface Filter {
  readonly type: string;
  readonly pattern: string;
  readonly match_type: string;
}

const builtIn = [
  "instagram.com",
  "facebook.com",
  "facebookmail.com",
  "linkedin.com",
  "x.com",
  "tiktok.com",
  "pinterest.com",
  "noreply.github.com",
].map((pattern): Filter => ({ type: "blocklist", pattern, match_type: "domain" }));

const allowed: Classification = {
  ...{ category: "uncategorized", confidence: 0, suggestedAction: "read" },
  ...{ topics: [], reason: "On the allowlist.", model: "filter" },
};

const blocked: Classification = {
  ...{ category: "junk", confidence: 1, suggestedAction: "delete" },
  ...{ topics: [], reason: "On the blocklist.", model: "filter" },
};

/** The owner's own filters. */
export async function readFilters(db: D1Database): Promise<Filter[]> {
  const statement = db.prepare("SELECT type, pattern, match_type FROM ivy_triage_filters WHERE trim(pattern) <> ''");
  return (await statement.all<Filter>()).results;
}

/** What filters say of an address; undefined when they say nothing. The allowlist comes first. */
export function filtered(address: string, filters: readonly Filter[]): Classification | undefined {
  const hit = [...filters, ...builtIn].filter((filter) => fits(address, filter)).map(({ type }) => type);
  if (hit.includes("allowlist")) return allowed;
  return hit.includes("blocklist") ? blocked : undefined;
}

function fits(address: string, { match_type, ...filter }: Filter): boolean {
  const pattern = filter.pattern.trim().toLowerCase();
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (match_type === "exact") return address === pattern;
  if (match_type === "domain") return domain === pattern || domain.endsWith(`.${pattern}`);
  return match_type === "contains" && address.includes(pattern);
}
