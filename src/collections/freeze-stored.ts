import { freezeOne } from "../data/freeze.ts";
import { isBuffer } from "../persistence/storable.ts";

/**
 * Freezes what was read from a row, all the way down, and returns about how many bytes it takes.
 *
 * A third of what checking costs: it was checked when it was stored, and is a tree of its own that nobody else has.
 */
export function freezeStored(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (isBuffer(value)) return value.byteLength;
  // What is frozen was met before: an object may be in a value twice, or inside itself.
  if (Object.isFrozen(value)) return 8;
  freezeOne(value);
  let bytes = 16;
  if (value instanceof Map) for (const [key, item] of value) bytes += freezeStored(key) + freezeStored(item);
  else if (value instanceof Set) for (const item of value) bytes += freezeStored(item);
  else for (const key in value) bytes += key.length + freezeStored((value as Record<string, unknown>)[key]);
  return bytes;
}
