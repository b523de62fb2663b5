import { refuse } from "./rules.ts";

/** What `get` and `getWithMetadata` take after the key: a type, or options. */
export type ReadOptions = string | Partial<KVNamespaceGetOptions<string>> | undefined;

/** What is kept under a key. */
export interface Entry {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly metadata: string | undefined;
  /** In seconds. */
  readonly expiration: number | undefined;
}

/** The type that is asked for. */
export function typeOf(options: ReadOptions): string {
  return (typeof options === "string" ? options : options?.type) ?? "text";
}

/** The bytes of `entry` as `type`. */
export function valueOf({ bytes }: Entry, type: string): unknown {
  if (type === "text") return textOf(bytes);
  if (type === "json") return JSON.parse(textOf(bytes)) as unknown;
  if (type === "arrayBuffer") return bytes.slice().buffer;
  if (type === "stream") return new Response(bytes.slice()).body;
  throw new TypeError('Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".');
}

/** One value of many, as `type`. */
export function valueOfMany(entry: Entry, type: string): unknown {
  try {
    return valueOf(entry, type);
  } catch {
    return refuse("GET_BULK", `400 At least one of the requested keys corresponds to a non-${type} value`);
  }
}

/** Throws for what cannot be asked of many keys at once. */
export function checkMany(keys: readonly string[], type: string): void {
  if (type !== "text" && type !== "json") {
    refuse("GET_BULK", `400 "${type}" is not a valid type. Use "json" or "text"`);
  }
  if (keys.length > 100) refuse("GET_BULK", "400 You can request a maximum of 100 keys");
  if (keys.length === 0) refuse("GET_BULK", "400 You must request a minimum of 1 key");
}

export function metadataOf(entry: Entry | undefined): unknown {
  return entry?.metadata === undefined ? null : (JSON.parse(entry.metadata) as unknown);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}
