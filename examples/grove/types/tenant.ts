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
