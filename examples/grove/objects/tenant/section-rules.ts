import type { AdminSection } from "../../types.ts";

const titles = [
  ["dashboard", "Dashboard", "layout-dashboard"],
  ["posts", "Blog Posts", "file-text"],
  ["pages", "Pages", "book"],
  ["images", "Images", "image"],
  ["settings", "Settings", "settings"],
  ["analytics", "Analytics", "chart-line"],
  ["timeline", "Timeline", "clock"],
  ["trails", "Trails", "map"],
] as const;

/** What every admin panel has, in its first order. */
export const builtIns: readonly AdminSection[] = titles.map(([id, label, icon], sortOrder) => {
  const href = id === "dashboard" ? "/admin" : `/admin/${id}`;
  return { id, label, icon, href, enabled: true, tier: "seedling", sortOrder };
});

/** The last place that a section can have. */
export const lastPlace = 1_000_000;

const hideable = new Set(["analytics", "timeline", "trails"]);

/** True for what every panel has. */
export function isBuiltIn(id: string): boolean {
  return builtIns.some((section) => section.id === id);
}

/** True for a built-in section that a site may do without. */
export function isHideable(id: string): boolean {
  return hideable.has(id);
}

const firstIcons = new Set([
  "book-open",
  "briefcase",
  "calendar",
  "camera",
  "chef-hat",
  "heart",
  "map-pin",
  "music",
  "shopping-bag",
  "star",
]);

const lucideName = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const upload = /^(\/(?![/\\])|https:\/\/)/;

/** True when a site of this tier may use the icon: ten of Lucide's, all of them, or pictures of its own too. */
export function mayUseIcon(tier: string, icon: string): boolean {
  if (tier === "evergreen") return lucideName.test(icon) || upload.test(icon);
  return tier === "oak" ? lucideName.test(icon) : firstIcons.has(icon);
}
