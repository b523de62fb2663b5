import { z } from "zod";

/** What the `invalid` hook answers when something that must be there is not. */
export const missingFields = "Missing required fields";

const text = (max: number) => z.string().max(max);

const required = (max: number) => {
  const missing = ({ input }: { input: unknown }) =>
    input === undefined || input === null ? missingFields : undefined;
  return z.string({ error: missing }).min(1, missingFields).max(max);
};

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

export const ConfigBody = z
  .object({
    displayName: text(200).min(1).exactOptional(),
    theme: z.record(z.string(), z.unknown()).nullable().exactOptional(),
  })
  .catchall(z.custom<never>(() => false)); // names the key, which a strict object does not

export const DraftParams = z.object({ slug: text(200) });

export const DraftBody = z.object({
  content: z.string().refine((content) => new TextEncoder().encode(content).length <= 1_048_576),
  metadata: z
    .object({
      title: z.string().default("Untitled"),
      description: z.string().exactOptional(),
      tags: z.array(z.string()).exactOptional(),
    })
    .refine((metadata) => JSON.stringify(metadata).length <= 65_536),
  deviceId: text(128).min(1),
  /** The version this device has seen; a newer one of another device is not overwritten. */
  lastSaved: z.number().exactOptional(),
});

export const EventBody = z.object({
  type: required(64),
  data: z
    .record(z.string(), z.unknown())
    .refine((data) => new TextEncoder().encode(JSON.stringify(data)).length <= 8_192)
    .exactOptional(),
  timestamp: z.number().transform(Math.trunc).exactOptional(),
});

function isJson(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
