import type { ExportRequest, ExportStatus } from "../../types.ts";
import type { ExportRecord } from "./record.ts";
import { refusal } from "./schemas.ts";
import type { ExportLimits, ExportWork } from "./step.ts";

export const cancelled = "Export cancelled by user";
export const failed = "Export processing failed. Please try again.";

/** How often a step is tried. */
export const maxTries = 5;

// A part of R2's 10,000 is 5 MiB; an image of 4 GiB would need Zip64's sizes.
export const defaultLimits: ExportLimits = { image: 1024 ** 3, archive: 40 * 1024 ** 3 };

type Asked = Omit<ExportRequest, "userEmail"> & { readonly userEmail?: string | null | undefined };

/** True for an export that nothing more happens to. */
export function isOver({ phase }: ExportStatus): boolean {
  return phase === "complete" || phase === "failed";
}

/** What a new export knows; the address only if somebody is to be told. */
export function workOf({ userEmail, ...asked }: Asked): ExportWork {
  const mailed = asked.deliveryMethod === "email" && userEmail ? { userEmail } : {};
  const startedAt = Date.now();
  const file = `grove-export-${asked.username.replace(/[^A-Za-z0-9_-]/g, "_")}-${dayOf(startedAt)}.zip`;
  const r2Key = `exports/${asked.tenantId}/${asked.exportId}/${file}`;
  return { ...asked, ...mailed, step: "list", startedAt, r2Key, place: 0, images: 0, copying: null };
}

/** Has D1 say that the export is under way; or an answer that says why it cannot be. */
export async function claim(record: ExportRecord): Promise<Response | undefined> {
  const found = await record.find();
  if (!found) return refusal(404, "Export not found");
  const { status } = found;
  if (status === "complete") return refusal(409, "Export is already complete");
  const isOpen = status !== "failed" && (await record.update({ status: "querying", progress: 0 }));
  return isOpen ? undefined : refusal(409, "Export is already failed");
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
