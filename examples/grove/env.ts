import type { AnalyticsDO } from "./objects/analytics.ts";
import type { ChatDO } from "./objects/chat.ts";
import type { ExportDO } from "./objects/export.ts";
import type { FeedDO } from "./objects/feed.ts";
import type { NotificationDO } from "./objects/notification.ts";
import type { PostDO } from "./objects/post.ts";
import type { PostContentDO } from "./objects/post-content.ts";
import type { PostMetaDO } from "./objects/post-meta.ts";
import type { SentinelDO } from "./objects/sentinel.ts";
import type { SessionDO } from "./objects/session.ts";
import type { TenantDO } from "./objects/tenant.ts";
import type { ThresholdDO } from "./objects/threshold.ts";
import type { TriageDO } from "./objects/triage.ts";

/** The bindings of the Worker and of its objects; whatever may be missing, the objects say what still works. */
export interface GroveEnv {
  readonly ANALYTICS: DurableObjectNamespace<AnalyticsDO>;
  readonly CHAT: DurableObjectNamespace<ChatDO>;
  readonly EXPORTS: DurableObjectNamespace<ExportDO>;
  readonly FEEDS: DurableObjectNamespace<FeedDO>;
  readonly NOTIFICATIONS: DurableObjectNamespace<NotificationDO>;
  readonly POSTS: DurableObjectNamespace<PostDO>;
  readonly POST_CONTENT: DurableObjectNamespace<PostContentDO>;
  readonly POST_META: DurableObjectNamespace<PostMetaDO>;
  readonly SENTINEL: DurableObjectNamespace<SentinelDO>;
  readonly SESSIONS: DurableObjectNamespace<SessionDO>;
  readonly TENANTS: DurableObjectNamespace<TenantDO>;
  readonly THRESHOLD: DurableObjectNamespace<ThresholdDO>;
  readonly TRIAGE: DurableObjectNamespace<TriageDO>;
  /** Grove's own database. */
  readonly DB?: D1Database;
  /** The mailbox of the site's owner. */
  readonly IVY_DB?: D1Database;
  readonly IMAGES?: R2Bucket;
  readonly EXPORTS_BUCKET?: R2Bucket;
  /** The mails that came in, as they came. */
  readonly IVY_R2?: R2Bucket;
  readonly KV?: KVNamespace;
  /** What happens in one object and concerns many others. */
  readonly EVENTS?: Queue;
  /** Sends mail. */
  readonly ZEPHYR?: Fetcher;
  /** Where its address begins. @default "https://zephyr" */
  readonly ZEPHYR_URL?: string;
  readonly ZEPHYR_API_KEY?: string;
  /** The address of the one person whose mails are sorted. */
  readonly MAILBOX_OWNER?: string;
  /** Asks a language model. */
  readonly CLASSIFIER?: Fetcher;
  /** Takes the figures of a day that is over. */
  readonly ANALYTICS_SINK?: Fetcher;
  /** What refresh tokens are encrypted with and cookies are signed with. */
  readonly SESSION_SECRET?: string;
  /** The one before it: what was encrypted or signed with it is still read. */
  readonly SESSION_SECRET_PREVIOUS?: string;
  /** Says who somebody is (OAuth 2). */
  readonly IDENTITY?: Fetcher;
}
