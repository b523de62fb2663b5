import { LOOM_ERRORS } from "../catalogue.ts";
import type { StandardSchema } from "../data/standard-schema.ts";
import { LoomError, misuse } from "../errors.ts";
import { plainIssue } from "../http/validate.ts";
import { copyBuffer, isBuffer, storable, measureStorable } from "../persistence/storable.ts";
import type { Item } from "./batch.ts";

/** `given` as a batch keeps it: what the schema makes of it, and a copy, so that its owner may go on changing it. */
export function prepareItem(given: unknown, schema: StandardSchema | undefined, where: string): Item {
  const value = schema ? parse(schema, given, where) : given;
  if (isBuffer(value)) return { value: copyBuffer(value), bytes: storable(value, where).bytes };
  const { bytes } = measureStorable(value, where);
  return { value: typeof value === "object" ? structuredClone(value) : value, bytes };
}

function parse(schema: StandardSchema, given: unknown, where: string): unknown {
  const result = schema["~standard"].validate(given);
  if (result instanceof Promise) throw misuse(`${where}: the schema is asynchronous. Use a synchronous one.`);
  if (!result.issues) return result.value;
  const message = `${where}: the item does not fit the schema: ${result.issues[0]?.message}`;
  throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message, issues: result.issues.map(plainIssue) });
}
