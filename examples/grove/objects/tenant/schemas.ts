import type { LoomRequestContext } from "loom-do";
import { z } from "zod";
import { required, text } from "../../schemas.ts";

/** Any other key is refused by its name, which a strict object does not say. */
export const nothingElse = z.custom<never>(() => false);

/** A JSON object of at most `max` bytes. */
export const jsonObject = (max: number) =>
  z.record(z.string(), z.unknown()).refine((value) => jsonBytesOf(value) <= max);

export const ConfigBody = z
  .object({
    displayName: text(200).min(1).exactOptional(),
    theme: jsonObject(65_536).nullable().exactOptional(),
  })
  .catchall(nothingElse);

export const Slug = text(200).min(1);

export const SlugParams = z.object({ slug: Slug });

export const DraftBody = z.object({
  content: z.string().refine((content) => bytesOf(content) <= 1_048_576),
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

/** What the routes of one draft are given. */
export type DraftContext<Schemas extends object = object> = LoomRequestContext<
  "/drafts/:slug" | "/api/admin/drafts/:slug",
  { params: typeof SlugParams } & Schemas
>;

/** A draft as RPC callers hand it over. */
export const DraftInput = DraftBody.extend({ slug: Slug });

export const EventBody = z.object({
  type: required(64),
  data: jsonObject(8_192).exactOptional(),
  // A visitor's doing may be of any length, and is counted all the same.
  path: z
    .string()
    .transform((path) => path.slice(0, 512))
    .exactOptional(),
  visitorHash: text(128).min(1).exactOptional(),
  timestamp: z.number().transform(Math.trunc).exactOptional(),
});

/** The arguments of `checkRateLimit`. */
export const rateCheck = [text(512).min(1), z.int().min(0), z.int().min(1).max(31_536_000)] as const;

/** A trail as its page shows it: what is below `waypoints` is the caller's, the ids excepted. */
export const TrailValue = jsonObject(524_288).pipe(
  z.looseObject({ waypoints: z.array(z.looseObject({ id: z.string() })).exactOptional() }),
);

export const WaypointId = text(200).min(1);

export const Status = z.enum(["planned", "in_progress", "complete", "deferred"]);

function jsonBytesOf(value: object): number {
  try {
    return bytesOf(JSON.stringify(value));
  } catch {
    return Infinity; // a bigint, or levels without end: no JSON
  }
}

function bytesOf(value: string): number {
  return new TextEncoder().encode(value).length;
}
