import { safeJsonParse } from "loom-do";
import { PresenceFrame } from "./schemas.ts";

/** The presence message in a frame: a text that is no JSON is an empty one; undefined for anything else. */
export function presenceIn(message: string | ArrayBuffer) {
  if (typeof message !== "string") return undefined;
  return PresenceFrame.safeParse(safeJsonParse<unknown>(message, { type: "presence" })).data?.data;
}
