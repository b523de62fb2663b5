import type { z } from "zod";
import type { PatchContentBody } from "./schemas.ts";
import type { HeavyFields, PostContent } from "../../types.ts";

type Patch = z.infer<typeof PatchContentBody>;

/** What a cold post keeps of its heavy fields. */
export const noHeavyFields: HeavyFields = { markdownContent: "", htmlContent: "", gutterContent: "[]" };

/** How many of the heavy fields `patch` replaces. */
export function countHeavy(patch: Patch): number {
  return Object.keys(noHeavyFields).filter((field) => field in patch).length;
}

/** `content` as `patch` changes it: new text makes a cold post hot again, new tags do not. */
export function patched({ r2Key, ...content }: PostContent, patch: Patch): PostContent {
  const next = { ...content, ...patch, updatedAt: Date.now() };
  if (next.storageLocation === "cold" && countHeavy(patch) > 0) return { ...next, storageLocation: "hot" };
  return r2Key === undefined ? next : { ...next, r2Key };
}

/** `content` as the object keeps it once R2 has the heavy fields under `r2Key`. */
export function frozen(content: PostContent, r2Key: string): PostContent {
  return { ...content, ...noHeavyFields, storageLocation: "cold", r2Key };
}
