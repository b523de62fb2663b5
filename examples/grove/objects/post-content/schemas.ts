import { z } from "zod";
import { missingFields, required, text } from "../../schemas.ts";

const tags = z.array(text(100)).max(50);
// Older callers send nothing at all for "no side notes".
const gutter = z
  .string()
  .transform((json) => json || "[]")
  .refine(isJson);

export const PutContentBody = z.object({
  tenantId: required(200),
  slug: required(200),
  title: required(500),
  description: text(2_000).default(""),
  tags: tags.default([]),
  markdownContent: z.string().default(""),
  htmlContent: z.string().default(""),
  gutterContent: gutter.default("[]"),
  font: text(100)
    .transform((font) => font || "default")
    .default("default"),
  publishedAt: z.number().nullable().default(null),
});

export const PatchContentBody = z
  .object({
    title: text(500).exactOptional(),
    description: text(2_000).exactOptional(),
    tags: tags.exactOptional(),
    markdownContent: z.string().exactOptional(),
    htmlContent: z.string().exactOptional(),
    gutterContent: gutter.exactOptional(),
    font: text(100).exactOptional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, missingFields);

// Which key will do is the object's to say: a post that is not there comes first.
export const MigrateBody = z.object({ r2Key: z.unknown().optional() });

export const HeavyFieldsBody = z.object({
  markdownContent: z.string(),
  htmlContent: z.string(),
  gutterContent: z.string(),
});

function isJson(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
