import type { Step } from "./step.ts";

interface Upload {
  readonly r2Key: string;
  readonly uploadId: string | undefined;
}

/** What the file says of itself to whoever downloads it. */
export const zipMetadata = { httpMetadata: { contentType: "application/zip" } };

/** Makes the archive a file that can be downloaded. */
export const completeUpload: Step = async ({ work, env, files, archive: open }) => {
  const { r2Key, fileSizeBytes, counts } = work;
  // Killed behind `complete`, a step finds its file there, and its upload gone.
  const found = await env.EXPORTS_BUCKET!.head(r2Key); // without a bucket there is no archive
  if (found?.size !== fileSizeBytes) await (await open()).complete();
  return {
    status: { progress: 90 },
    work: { step: work.deliveryMethod === "email" ? "announce" : "record" },
    columns: { r2_key: r2Key, file_size_bytes: fileSizeBytes!, item_counts: JSON.stringify(counts) },
    save: () => files.clear(),
  };
};

/** Deletes the file of an export that has failed, or the parts of one that was not completed. */
export async function discardUpload(bucket: R2Bucket | undefined, { r2Key, uploadId }: Upload): Promise<void> {
  if (!bucket) throw new Error("The binding EXPORTS_BUCKET is missing.");
  if (uploadId !== undefined) await bucket.resumeMultipartUpload(r2Key, uploadId).abort().catch(unlessGone);
  await bucket.delete(r2Key);
}

function unlessGone(error: unknown): void {
  // R2's code of an upload that is complete, or was aborted before.
  if (!String(error).includes("(10024)")) throw error;
}
