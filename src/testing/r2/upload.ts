import { etagOfParts } from "./checksums.ts";
import { refuse } from "./errors.ts";
import type { Metadata } from "./metadata.ts";

const minPartBytes = 5 * 1024 * 1024;
const complete = "completeMultipartUpload";

/** A part that has arrived. */
export interface Part {
  readonly etag: string;
  readonly md5: string;
  readonly bytes: Uint8Array;
}

/** An upload in parts, as the bucket keeps it. */
export interface Upload extends Metadata {
  readonly key: string;
  readonly storageClass: string;
  readonly parts: Map<number, Part>;
  isOver: boolean;
}

/** What the parts make together. */
export interface Joined {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** Puts the parts that `named` lists together; throws what R2 refuses. */
export function join(upload: Upload, named: readonly R2UploadedPart[]): Joined {
  const numbers = new Set(named.map(({ partNumber }) => partNumber));
  if (numbers.size < named.length) refuse(complete, 10001);
  for (const { partNumber, etag } of named) {
    if (upload.parts.get(partNumber)?.etag !== etag) refuse(complete, 10025);
  }
  const sizes = named.slice(0, -1).map(({ partNumber }) => upload.parts.get(partNumber)!.bytes.byteLength);
  if (sizes.some((size) => size < minPartBytes)) refuse(complete, 10011);
  const parts = [...numbers].toSorted((left, right) => left - right).map((each) => upload.parts.get(each)!);
  checkSizes(parts.map(({ bytes }) => bytes.byteLength));
  return { bytes: concatenated(parts), etag: etagOfParts(parts.map(({ md5 }) => md5)) };
}

/** All parts are of one size, but the last, which may be smaller. */
function checkSizes(sizes: readonly number[]): void {
  const [first = 0] = sizes;
  const isEven = sizes.every((size, index) => size === first || (index === sizes.length - 1 && size < first));
  const isLongEnough = sizes.length < 2 || first >= minPartBytes;
  if (!isEven || !isLongEnough) refuse(complete, 10048);
}

function concatenated(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    at += part.bytes.byteLength;
  }
  return bytes;
}
