/** What wrangler.toml calls the bindings of Grove's classes. */
export const groveNames: Readonly<Record<string, string>> = {
  AnalyticsDO: "ANALYTICS",
  ChatDO: "CHAT",
  ExportDO: "EXPORTS",
  FeedDO: "FEEDS",
  NotificationDO: "NOTIFICATIONS",
  PostDO: "POSTS",
  PostContentDO: "POST_CONTENT",
  PostMetaDO: "POST_META",
  SentinelDO: "SENTINEL",
  SessionDO: "SESSIONS",
  TenantDO: "TENANTS",
  ThresholdDO: "THRESHOLD",
  TriageDO: "TRIAGE",
};
