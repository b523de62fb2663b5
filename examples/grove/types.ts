export type { GroveEnv } from "./env.ts";
export type { HeavyFields, PostContent } from "./types/post-content.ts";
export type { Comment, NewComment, Toggled, Viewers } from "./types/post.ts";
export type { PostMeta, Presence, Reactions, ReactionType, Tier } from "./types/post-meta.ts";
export type { DraftMetadata, TenantConfig, TierLimits } from "./types/tenant.ts";
