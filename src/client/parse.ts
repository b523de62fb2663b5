import type { TypedMessage } from "./messages.ts";

/** The message in a frame; undefined for text and bytes that are none. */
export function parse(data: unknown): TypedMessage | undefined {
  if (typeof data !== "string" || !data.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(data) as { readonly type?: unknown }; // what begins like an object is one
    return typeof value.type === "string" ? (value as TypedMessage) : undefined;
  } catch {
    return undefined;
  }
}
