import { parseNow } from "../data/parse-now.ts";
import type { StandardSchema } from "../data/standard-schema.ts";
import { copyBuffer, isBuffer, storable, measureStorable } from "../persistence/storable.ts";
import type { Item } from "./batch.ts";

/** `given` as a batch keeps it: what the schema makes of it, and a copy, so that its owner may go on changing it. */
export function prepareItem(given: unknown, schema: StandardSchema | undefined, where: string): Item {
  const what = `${where}: the item`;
  const value = schema ? parseNow(schema, given, what) : given;
  if (isBuffer(value)) return { value: copyBuffer(value), bytes: storable(value, what).bytes };
  const { bytes } = measureStorable(value, what);
  return { value: typeof value === "object" ? structuredClone(value) : value, bytes };
}
