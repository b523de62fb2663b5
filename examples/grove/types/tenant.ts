export interface TierLimits {
  /** -1 is unlimited. */
  readonly postsPerMonth: number;
  readonly storageBytes: number;
  readonly customDomains: number;
}

export interface TenantConfig {
  readonly id: string;
  readonly subdomain: string;
  readonly displayName: string;
  readonly theme: object | null;
  readonly tier: string;
  readonly limits: TierLimits;
  readonly ownerId: string | null;
}

/** What a site may change of its config. */
export type TenantConfigChange = Partial<Pick<TenantConfig, "displayName" | "theme">>;

export interface DraftMetadata {
  readonly title: string;
  readonly description?: string;
  readonly tags?: readonly string[];
}

export interface DraftSummary {
  readonly slug: string;
  readonly metadata: DraftMetadata;
  /** Unix milliseconds, later with each version. */
  readonly lastSaved: number;
  readonly deviceId: string;
}

export interface Draft extends DraftSummary {
  readonly content: string;
}

/** So many in so long. */
export interface RateBudget {
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateAnswer {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Unix seconds. */
  readonly resetAt: number;
}

export interface Trail {
  readonly waypoints?: readonly Waypoint[];
  readonly [field: string]: unknown;
}

export interface Waypoint {
  readonly id: string;
  readonly [field: string]: unknown;
}

export type WaypointStatus = "planned" | "in_progress" | "complete" | "deferred";
