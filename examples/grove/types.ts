import type { PostContentDO } from "./objects/post-content.ts";
import type { TenantDO } from "./objects/tenant.ts";

/** The bindings of the Worker and of its objects; D1 and R2 may be missing, and the objects say what still works. */
export interface GroveEnv {
  readonly POST_CONTENT: DurableObjectNamespace<PostContentDO>;
  readonly TENANTS: DurableObjectNamespace<TenantDO>;
  readonly DB?: D1Database;
  readonly IMAGES?: R2Bucket;
}

/** What makes a post big: kept in R2 while the post is cold. */
export interface HeavyFields {
  readonly markdownContent: string;
  readonly htmlContent: string;
  /** JSON as text. */
  readonly gutterContent: string;
}

export interface PostContent extends HeavyFields {
  readonly tenantId: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly font: string;
  readonly publishedAt: number | null;
  readonly updatedAt: number;
  readonly storageLocation: "hot" | "warm" | "cold";
  readonly r2Key?: string;
}

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

export interface DraftMetadata {
  readonly title: string;
  readonly description?: string;
  readonly tags?: readonly string[];
}
