import { type LoomRequestContext, safeJsonParse } from "loom-do";
import type { DraftParams } from "./schemas.ts";
import type { DraftMetadata } from "../../types.ts";

/** What the routes of one draft are given. */
export type DraftContext<Schemas extends object = object> = LoomRequestContext<
  "/drafts/:slug",
  { params: typeof DraftParams } & Schemas
>;

/** A draft as it is stored. */
export interface DraftRow {
  readonly slug: string;
  readonly content: string;
  readonly metadata: string;
  readonly last_saved: number;
  readonly device_id: string;
}

/** A draft as it is answered, without its text. */
export function stateOf({ metadata, last_saved, device_id }: Pick<DraftRow, "metadata" | "last_saved" | "device_id">) {
  const untitled: DraftMetadata = { title: "Untitled" };
  return { metadata: safeJsonParse(metadata, untitled), lastSaved: last_saved, deviceId: device_id };
}
