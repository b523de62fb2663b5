export type { GroveEnv } from "./env.ts";
export type { AdminConfig, AdminConfigChange, AdminSection, DashboardStats } from "./types/admin.ts";
export type { NewSection, SectionTier } from "./types/admin.ts";
export type { HeavyFields, PostContent } from "./types/post-content.ts";
export type { Draft, DraftMetadata, DraftSummary } from "./types/tenant.ts";
export type { TenantConfig, TenantConfigChange, TierLimits } from "./types/tenant.ts";
export type { RateAnswer, RateBudget, Trail, Waypoint, WaypointStatus } from "./types/tenant.ts";
