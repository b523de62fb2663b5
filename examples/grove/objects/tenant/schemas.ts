import { z } from "zod";
import { required, text } from "../../schemas.ts";

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
