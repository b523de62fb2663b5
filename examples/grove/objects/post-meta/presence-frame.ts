import { safeJsonParse } from "loom-do";
import { PresenceFrame } from "./schemas.ts";

const maxBytes = 4_096;

/** The presence message in a frame: a text that is no JSON is an empty one; undefined for anything else. */
export function presenceIn(message: string | ArrayBuffer) {
  if (typeof message !== "string" || new TextEncoder().encode(message).byteLength > maxBytes) return undefined;
  return PresenceFrame.safeParse(safeJsonParse<unknown>(message, { type: "presence" })).data?.data;
}
