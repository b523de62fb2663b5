import { LOOM_ERRORS } from "../catalogue.ts";
import type { SchemaResult, StandardSchema } from "../data/standard-schema.ts";
import { LoomError, misuse } from "../errors.ts";
import { isThenable } from "../thenable.ts";

/** A payload that its schema refuses: no later try can mend it. */
export class UnfitPayload extends LoomError {}

/** Refuses a payload that `schema` does; at the call, so the schema has to be synchronous. */
export function checkPayload(schema: StandardSchema, payload: unknown, where: string): void {
  const result = schema["~standard"].validate(payload);
  if (isThenable(result)) throw misuse(`${where}: its payload's schema is asynchronous. Use a synchronous one.`);
  valueIn(result as SchemaResult<unknown>, where);
}

/** What `schema` makes of a stored payload. */
export async function parsePayload(schema: StandardSchema, payload: unknown, where: string): Promise<unknown> {
  return valueIn(await schema["~standard"].validate(payload), where);
}

function valueIn(result: SchemaResult<unknown>, where: string): unknown {
  if (!result.issues) return result.value;
  const [first] = result.issues;
  const message = `${where}: the payload does not fit its schema: ${first?.message}`;
  throw new UnfitPayload(LOOM_ERRORS.SCHEDULE_FAILED, { message });
}
