import { LoomError, safeJsonParse } from "loom-do";
import type { z } from "zod";
import { badFrame, tooLong } from "./errors.ts";
import { Frame, isTooLong } from "./schemas.ts";

const maxBytes = 16_384;

/** What a client says in a frame; throws what it is told of one that is wrong. */
export function frameIn(message: string | ArrayBuffer): z.output<typeof Frame> {
  if (typeof message !== "string") throw new LoomError(badFrame);
  if (new TextEncoder().encode(message).byteLength > maxBytes) throw new LoomError(tooLong);
  const { data, error } = Frame.safeParse(safeJsonParse<unknown>(message, null));
  if (data) return data;
  throw new LoomError(isTooLong(error.issues) ? tooLong : badFrame);
}
