import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
import { plainIssue } from "../http/validate.ts";
import { isThenable } from "../thenable.ts";
import type { SchemaResult, StandardSchema } from "./standard-schema.ts";

/** What `schema` makes of `value`, in this turn; `what` names the value in errors. */
export function parseNow(schema: StandardSchema, value: unknown, what: string): unknown {
  const result = schema["~standard"].validate(value);
  if (isThenable(result)) throw misuse(`${what}: its schema is asynchronous. Use a synchronous one.`);
  return fitting(result as SchemaResult<unknown>, what);
}

/** The value of `result`; throws 024 for one that does not fit. */
export function fitting(result: SchemaResult<unknown>, what: string): unknown {
  if (!result.issues) return result.value;
  const message = `${what} does not fit its schema: ${result.issues[0]?.message}`;
  throw new LoomError(LOOM_ERRORS.INVALID_INPUT, { message, issues: result.issues.map(plainIssue) });
}
