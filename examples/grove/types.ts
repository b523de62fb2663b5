export type { GroveEnv } from "./env.ts";
export type {
  AdminConfig,
  AdminConfigChange,
  AdminSection,
  DashboardStats,
  NewSection,
  SectionTier,
} from "./types/admin.ts";
export type { AnalyticsEvent, DailyStats, DayTotals, PageStats, RecordedEvents } from "./types/analytics.ts";
export type { ChatFrame, ChatImage, ChatMessage } from "./types/chat.ts";
export type { FeedItem, FeedOrder, FeedPage, FeedPost, FeedQuery, PostPreview } from "./types/feed.ts";
export type {
  AddedNotification,
  NewNotification,
  Notification,
  NotificationMessage,
  NotificationPage,
  NotificationQuery,
  NotificationTarget,
  NotificationType,
} from "./types/notification.ts";
export type { ExportCounts, ExportPhase, ExportRequest, ExportStatus } from "./types/export.ts";
export type { HeavyFields, PostContent } from "./types/post-content.ts";
export type {
  LoadPoint,
  LoadProfile,
  OscillationConfig,
  RampConfig,
  SentinelMessage,
  SentinelProgress,
  SentinelResults,
  SentinelStatus,
  SentinelSystem,
  SpikeConfig,
} from "./types/sentinel.ts";
export type {
  Draft,
  DraftMetadata,
  DraftSummary,
  RateAnswer,
  RateBudget,
  TenantConfig,
  TenantConfigChange,
  TierLimits,
  Trail,
  Waypoint,
  WaypointStatus,
} from "./types/tenant.ts";
export type { AccessToken, CreatedSession, LoginAllowance, LoginAttempt } from "./types/session.ts";
export type { NewSession, Session, SessionCheck, User } from "./types/session.ts";
export type { ThresholdCheck, ThresholdDecision } from "./types/threshold.ts";
export type { Classification, MailAction, MailCategory, MailEnvelope, TriageStatus } from "./types/triage.ts";
export type { Comment, NewComment, Toggled, Viewers } from "./types/post.ts";
export type { PostMeta, Presence, Reactions, ReactionType, Tier } from "./types/post-meta.ts";
