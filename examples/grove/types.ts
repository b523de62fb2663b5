export type { GroveEnv } from "./env.ts";
export type { FeedItem, FeedOrder, FeedPage, FeedPost, FeedQuery, PostPreview } from "./types/feed.ts";
export type { AnalyticsEvent, DailyStats, DayTotals, PageStats, RecordedEvents } from "./types/analytics.ts";
export type { HeavyFields, PostContent } from "./types/post-content.ts";
export type { AccessToken, CreatedSession, LoginAllowance, LoginAttempt } from "./types/session.ts";
export type { NewSession, Session, SessionCheck, User } from "./types/session.ts";
export type { ThresholdCheck, ThresholdDecision } from "./types/threshold.ts";
export type { DraftMetadata, TenantConfig, TierLimits } from "./types/tenant.ts";
