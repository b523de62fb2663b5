export type { GroveEnv } from "./env.ts";
export type { HeavyFields, PostContent } from "./types/post-content.ts";
export type { DraftMetadata, TenantConfig, TierLimits } from "./types/tenant.ts";
export type { Classification, MailAction, MailCategory, MailEnvelope, TriageStatus } from "./types/triage.ts";
