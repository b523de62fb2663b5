import type { PersistedMap } from "loom-do";
import type { AdminSection, NewSection } from "../../types.ts";
import type { AdminChange } from "./admin-change.ts";
import { invalidField, refusal } from "./refusals.ts";
import { builtIns, isBuiltIn, isHideable, lastPlace, mayUseIcon } from "./section-rules.ts";
import { sectionQuotaOf } from "./tiers.ts";

/** The sections of a site's admin panel: plans changes by the rules, and keeps those that D1 has taken. */
export class Sections {
  /** The site's own, and the built-in ones that it hid or moved. */
  readonly #kept: PersistedMap<AdminSection>;

  constructor(kept: PersistedMap<AdminSection>) {
    this.#kept = kept;
  }

  /** All of them, in their order. */
  list(): AdminSection[] {
    const common = builtIns.map((section) => {
      const { enabled, sortOrder } = this.#kept.get(section.id) ?? section;
      return { ...section, enabled, sortOrder };
    });
    return inOrder([...common, ...this.custom()]);
  }

  /** Those that the site has made, in their order. */
  custom(): AdminSection[] {
    return inOrder([...this.#kept.values()].filter(({ id }) => !isBuiltIn(id)));
  }

  /** The section that `given` makes, at the end unless it says where. */
  added(given: NewSection, tier: string): AdminSection {
    const all = this.list();
    if (all.some(({ id }) => id === given.id)) throw refusal("sectionExists");
    if (this.custom().length >= sectionQuotaOf(tier)) throw refusal("sectionQuota");
    if (!mayUseIcon(tier, given.icon)) throw invalidField("icon");
    return sectionOf(given, endOf(all));
  }

  /** The section as it is after `change`. */
  changed(id: string, change: Partial<AdminSection>, tier: string): AdminSection {
    const section = this.#find(id);
    const after = { ...section, ...change };
    if (after.id !== id) throw invalidField("id");
    if (isBuiltIn(id)) checkBuiltIn(section, after);
    else if (after.icon !== section.icon && !mayUseIcon(tier, after.icon)) throw invalidField("icon");
    return after;
  }

  /** The id of a section that can be removed. */
  removable(id: string): string {
    this.#find(id);
    if (isBuiltIn(id)) throw refusal("sectionStays");
    return id;
  }

  /** The sections that move when `ids`, all sections or all of the site's own, are put in this order. */
  ordered(ids: readonly string[]): AdminSection[] {
    const all = this.list();
    if (!isPermutation(ids, all) && !isPermutation(ids, this.custom())) throw invalidField("ids");
    const moving = new Set(ids);
    const next = ids.map((id) => this.#find(id));
    // The others keep their places.
    const order = all.map((section) => (moving.has(section.id) ? next.shift()! : section));
    return order.flatMap((section, sortOrder) => (section.sortOrder === sortOrder ? [] : [{ ...section, sortOrder }]));
  }

  /** `given` in place of the site's own sections: what is to be stored, and the ids of those that go. */
  replaced(given: readonly NewSection[], tier: string): AdminChange {
    const before = new Map(this.custom().map((section) => [section.id, section]));
    const ids = new Set(given.map(({ id }) => id));
    if (ids.size < given.length || given.some(({ id }) => isBuiltIn(id))) throw refusal("sectionExists");
    if (given.length > sectionQuotaOf(tier)) throw refusal("sectionQuota");
    const isAllowed = ({ id, icon }: NewSection) => before.get(id)?.icon === icon || mayUseIcon(tier, icon);
    if (!given.every(isAllowed)) throw invalidField("icon");
    const end = endOf(this.list());
    const sections = given.map((section, place) => sectionOf(section, end + place));
    return { sections, removed: [...before.keys()].filter((id) => !ids.has(id)) };
  }

  /** Keeps what D1 has taken. */
  apply({ sections = [], removed = [] }: Pick<AdminChange, "sections" | "removed">): void {
    for (const id of removed) this.#kept.delete(id);
    for (const section of sections) this.#kept.set(section.id, section);
  }

  #find(id: string): AdminSection {
    const section = this.list().find((known) => known.id === id);
    if (section) return section;
    throw refusal("noSection");
  }
}

/** The section that `given` makes, at `place` unless it says another. */
function sectionOf({ id, label, icon, href, ...given }: NewSection, place: number): AdminSection {
  const { enabled = true, tier = "sapling", sortOrder = Math.min(place, lastPlace) } = given;
  return { id, label, icon, href, enabled, tier, sortOrder };
}

/** A built-in section can be moved, and some can be hidden. */
function checkBuiltIn(before: AdminSection, after: AdminSection): void {
  for (const field of ["label", "icon", "href", "tier"] as const) {
    if (after[field] !== before[field]) throw invalidField(field);
  }
  if (!after.enabled && !isHideable(before.id)) throw invalidField("enabled");
}

function inOrder(sections: AdminSection[]): AdminSection[] {
  return sections.sort((one, other) => one.sortOrder - other.sortOrder);
}

function isPermutation(ids: readonly string[], sections: readonly AdminSection[]): boolean {
  const found = new Set(ids);
  return ids.length === sections.length && sections.every(({ id }) => found.has(id));
}

function endOf(sections: readonly AdminSection[]): number {
  return Math.max(...sections.map(({ sortOrder }) => sortOrder)) + 1;
}
