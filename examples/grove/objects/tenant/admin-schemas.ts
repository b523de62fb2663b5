import type { LoomRequestContext } from "loom-do";
import { z } from "zod";
import { text } from "../../schemas.ts";
import { jsonObject, nothingElse } from "./schemas.ts";
import { lastPlace } from "./section-rules.ts";

const fields = {
  label: text(100).min(1),
  icon: text(500).min(1),
  // A path of the site, or a page elsewhere: no other scheme, and no `//` or `/\`, which browsers take for a host.
  href: text(500).regex(/^(\/(?![/\\])|https:\/\/)/),
  enabled: z.boolean(),
  tier: z.enum(["seedling", "sapling", "oak", "evergreen"]),
  sortOrder: z.int().min(0).max(lastPlace),
};

// Not the last part of a route's path.
export const SectionId = text(64).regex(/^(?!reorder$)[a-z0-9][a-z0-9-]*$/);

export const SectionBody = z.object({
  ...{ id: SectionId, label: fields.label, icon: fields.icon, href: fields.href },
  enabled: fields.enabled.exactOptional(),
  tier: fields.tier.exactOptional(),
  sortOrder: fields.sortOrder.exactOptional(),
});

/** What becomes of a section; the id may be said, and is not changed. */
export const SectionChangeBody = z
  .object({
    id: SectionId.exactOptional(),
    label: fields.label.exactOptional(),
    icon: fields.icon.exactOptional(),
    href: fields.href.exactOptional(),
    enabled: fields.enabled.exactOptional(),
    tier: fields.tier.exactOptional(),
    sortOrder: fields.sortOrder.exactOptional(),
  })
  .catchall(nothingElse);

export const SectionParams = z.object({ id: z.string() });

/** What the routes of one section are given. */
export type SectionContext<Schemas extends object = object> = LoomRequestContext<
  "/api/admin/sections/:id",
  { params: typeof SectionParams } & Schemas
>;

export const Order = z.object({ ids: z.array(z.string()) });

export const AdminConfigBody = z
  .object({
    font: text(100).min(1).exactOptional(),
    theme: jsonObject(65_536).nullable().exactOptional(),
    customSections: z.array(SectionBody).exactOptional(),
    editorPreferences: jsonObject(65_536).exactOptional(),
  })
  .catchall(nothingElse);
