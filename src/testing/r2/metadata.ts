import { refuse } from "./errors.ts";

type TextField = Exclude<keyof R2HTTPMetadata, "cacheExpiry">;

const headers: readonly (readonly [TextField, string])[] = [
  ["contentType", "Content-Type"],
  ["contentLanguage", "Content-Language"],
  ["contentDisposition", "Content-Disposition"],
  ["contentEncoding", "Content-Encoding"],
  ["cacheControl", "Cache-Control"],
];

const maxLength = 8192;

/** What is kept with an object. */
export interface Metadata {
  readonly httpMetadata: R2HTTPMetadata;
  readonly customMetadata: Record<string, string>;
}

/** The metadata among the options of `operation`, copied. */
export function metadataOf(operation: string, options: R2MultipartOptions): Metadata {
  const { httpMetadata = {}, customMetadata = {} } = options;
  const length = Object.entries(customMetadata)
    .flat()
    .reduce((sum, text) => sum + lengthOf(text), 0);
  if (length > maxLength) refuse(operation, 10012);
  return { httpMetadata: httpMetadataOf(httpMetadata), customMetadata: { ...customMetadata } };
}

/** A copy, so that nobody changes what is kept. */
export function copyOf({ cacheExpiry, ...rest }: R2HTTPMetadata): R2HTTPMetadata {
  return { ...rest, ...(cacheExpiry && { cacheExpiry: new Date(cacheExpiry) }) };
}

/** Sets the headers that `metadata` stands for. */
export function writeHeaders(metadata: R2HTTPMetadata, into: Headers): void {
  for (const [field, name] of headers) {
    if (metadata[field] !== undefined) into.set(name, metadata[field]);
  }
  if (metadata.cacheExpiry) into.set("Expires", metadata.cacheExpiry.toUTCString());
}

function httpMetadataOf(given: R2HTTPMetadata | Headers): R2HTTPMetadata {
  if (!(given instanceof Headers)) return copyOf(given);
  const found = headers.flatMap(([field, name]) => (given.has(name) ? [[field, given.get(name)!] as const] : []));
  const expires = given.get("Expires");
  return { ...Object.fromEntries(found), ...(expires && { cacheExpiry: new Date(expires) }) };
}

// As R2 stores a text: one byte a character, or two if any needs them.
function lengthOf(text: string): number {
  return [...text].some((character) => character > "\u00FF") ? text.length * 2 : text.length;
}
