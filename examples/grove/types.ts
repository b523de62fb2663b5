export type { GroveEnv } from "./env.ts";
export type { ExportCounts, ExportPhase, ExportRequest, ExportStatus } from "./types/export.ts";
export type { HeavyFields, PostContent } from "./types/post-content.ts";
export type { DraftMetadata, TenantConfig, TierLimits } from "./types/tenant.ts";
