import { byteLength } from "../bytes.ts";

const maxKeyBytes = 512;
const maxMetadataBytes = 1024;
const maxValueBytes = 25 * 1024 * 1024;
const minTtl = 60;

/** Throws as the platform does when its service refuses. */
export function refuse(operation: string, problem: string): never {
  throw new Error(`KV ${operation} failed: ${problem}`);
}

/** `key` as text, if it may be one. */
export function checkedKey(operation: string, key: unknown): string {
  const text = String(key);
  if (text === "") throw new TypeError("Key name cannot be empty.");
  if (text === "." || text === "..") throw new TypeError(`"${text}" is not allowed as a key name.`);
  checkLength(operation, text);
  return text;
}

/** Throws for a key or a prefix over 512 bytes. */
export function checkLength(operation: string, text: string): void {
  const bytes = byteLength(text);
  if (bytes <= maxKeyBytes) return;
  refuse(operation, `414 UTF-8 encoded length of ${bytes} exceeds key length limit of ${maxKeyBytes}.`);
}

/** When a value ends, in seconds; undefined for one that does not. */
export function expirationOf(options: KVNamespacePutOptions, now: number): number | undefined {
  if (options.expirationTtl !== undefined) return now + checkedTtl(Math.trunc(options.expirationTtl) || 0);
  if (options.expiration === undefined) return undefined;
  const expiration = Math.trunc(options.expiration) || 0;
  const problem = `400 Invalid expiration of ${expiration}.`;
  if (expiration <= now) {
    const wanted = "Please specify integer greater than the current number of seconds since the UNIX epoch.";
    refuse("PUT", `${problem} ${wanted}`);
  }
  if (expiration >= now + minTtl) return expiration;
  return refuse("PUT", `${problem} Expiration times must be at least ${minTtl} seconds in the future.`);
}

/** `metadata` as it is stored; undefined for none. */
export function storedMetadata(metadata: unknown): string | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  const text = JSON.stringify(metadata) as string | undefined;
  if (text === undefined) return refuse("PUT", "500 Internal Server Error");
  const bytes = byteLength(text);
  if (bytes > maxMetadataBytes) {
    refuse("PUT", `413 Metadata length of ${bytes} exceeds limit of ${maxMetadataBytes}.`);
  }
  return text;
}

export function checkValue({ byteLength: bytes }: Uint8Array): void {
  if (bytes > maxValueBytes) refuse("PUT", `413 Value length of ${bytes} exceeds limit of ${maxValueBytes}.`);
}

export function checkCacheTtl(ttl: number | undefined): void {
  if (ttl === undefined || ttl >= 30) return;
  refuse("GET", `400 Invalid cache_ttl of ${ttl}. Cache TTL must be at least 30.`);
}

/** How many keys a list may answer. */
export function limitOf(limit: number | undefined): number {
  if (limit === undefined || limit < 1) return 1000;
  if (limit <= 1000) return limit;
  return refuse("GET", `400 Invalid key_count_limit of ${limit}. Please specify an integer less than 1000.`);
}

function checkedTtl(ttl: number): number {
  const problem = `400 Invalid expiration_ttl of ${ttl}.`;
  if (ttl <= 0) refuse("PUT", `${problem} Please specify integer greater than 0.`);
  if (ttl < minTtl) refuse("PUT", `${problem} Expiration TTL must be at least ${minTtl}.`);
  return ttl;
}
