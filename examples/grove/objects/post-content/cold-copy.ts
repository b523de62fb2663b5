import { LoomResponse } from "loom-do";
import { HeavyFieldsBody } from "./schemas.ts";
import type { HeavyFields, PostContent } from "../../types.ts";

/**
 * The key under which a post's copy goes when the caller asks for `wanted`; throws a 400 for one that will not do.
 *
 * The bucket holds images and other posts too: a key outside the post's own prefix is put beneath it.
 */
export function coldKeyOf({ tenantId, slug }: PostContent, wanted: unknown): string {
  if (wanted === undefined || wanted === null || wanted === "") throw LoomResponse.text("R2 key required", 400);
  if (typeof wanted !== "string" || wanted.startsWith("/") || wanted.split("/").includes("..")) throw badKey();
  const prefix = `cold/${encodeURIComponent(tenantId)}/${encodeURIComponent(slug)}`;
  const key = wanted.startsWith(`${prefix}/`) ? wanted : `${prefix}/${wanted}`;
  if (new TextEncoder().encode(key).length > 1024) throw badKey();
  return key;
}

/** Writes a post's heavy fields to R2; throws unless R2 then has what was written. */
export async function writeColdCopy(bucket: R2Bucket, key: string, content: PostContent): Promise<void> {
  const { markdownContent, htmlContent, gutterContent } = content;
  const body = JSON.stringify({ markdownContent, htmlContent, gutterContent });
  const written = await bucket.put(key, body, { httpMetadata: { contentType: "application/json" } });
  const found = await bucket.head(key);
  if (found?.etag !== written.etag) throw new Error(`R2 does not have ${key} as it was written.`);
}

/** The heavy fields that R2 keeps under `key`; throws when it has none. */
export async function readColdCopy(bucket: R2Bucket | undefined, key = ""): Promise<HeavyFields> {
  const found = await bucket?.get(key);
  if (!found) throw new Error(bucket ? `R2 has no ${key}.` : "The binding IMAGES is missing.");
  return HeavyFieldsBody.parse(await found.json());
}

function badKey(): Response {
  return LoomResponse.text("Invalid field: r2Key", 400);
}
