import { type InvalidHook, LOOM_ERRORS, LoomResponse } from "loom-do";
import { z } from "zod";
import type { ExportStatus } from "../../types.ts";

// Together they fit into R2's 1,024 bytes for a key.
const name = z.string().min(1).max(100);

export const StartBody = z
  .object({
    exportId: name,
    tenantId: name,
    userEmail: z.string().max(320).nullish(),
    username: name,
    includeImages: z.boolean().default(false),
    deliveryMethod: z.enum(["email", "download"]),
  })
  .refine(({ deliveryMethod, userEmail }) => deliveryMethod === "download" || userEmail, { path: ["userEmail"] });

/** Answers bad input the way the callers of exports know it. */
export const answerInvalid: InvalidHook = ({ error, issues }) => {
  if (!issues) throw error;
  const [field] = issues[0]?.path ?? [];
  if (field === undefined) return LoomResponse.error(LOOM_ERRORS.NOT_JSON);
  return refusal(400, `Invalid field: ${String(field)}`);
};

/** Answers a second POST /start. */
export function answerStarted(status: ExportStatus, exportId: string): Response {
  if (status.exportId !== exportId) return refusal(409, "Export already started");
  if (status.phase === "failed") return refusal(409, "Export is already failed");
  return LoomResponse.success({ phase: status.phase });
}

/** An answer that says what is in the way. */
export function refusal(status: number, error: string): Response {
  return LoomResponse.json({ success: false, error }, status);
}
