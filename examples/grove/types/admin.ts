/** What the owner of a site has set up in the admin panel. */
export interface AdminConfig {
  readonly font: string;
  readonly theme: object | null;
  readonly customSections: readonly AdminSection[];
  readonly editorPreferences: object;
}

/** The lowest plan that sees a section. */
export type SectionTier = "seedling" | "sapling" | "oak" | "evergreen";

/** A page of the admin panel. */
export interface AdminSection {
  readonly id: string;
  readonly label: string;
  /** A Lucide name, or where an uploaded picture is. */
  readonly icon: string;
  readonly href: string;
  readonly enabled: boolean;
  readonly tier: SectionTier;
  readonly sortOrder: number;
}

/** A section as a site makes it: without a place it comes last. */
export type NewSection = Omit<AdminSection, "enabled" | "tier" | "sortOrder"> &
  Partial<Pick<AdminSection, "enabled" | "tier" | "sortOrder">>;

export type AdminConfigChange = Partial<Omit<AdminConfig, "customSections">> & {
  readonly customSections?: readonly NewSection[];
};

export interface DashboardStats {
  readonly postCount: number;
  readonly totalWords: number;
  readonly draftCount: number;
  readonly publishedThisMonth: number;
  readonly topTags: readonly { readonly tag: string; readonly count: number }[];
  /** In days. */
  readonly accountAge: number;
  /** In bytes. */
  readonly storageUsed: number;
  /** Unix milliseconds. */
  readonly lastActivity: number;
}
