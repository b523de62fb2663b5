import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { SchemaIssue, SchemaResult, StandardSchema } from "../data/standard-schema.ts";
import { isThenable } from "../thenable.ts";
import type { Issue, LoomErrorDef } from "../types.ts";

/** Where in a request the bad input is. */
export type InputPart = "params" | "query" | "body" | "path";

/** Bad input, thrown where it is found; what it is answered with can be replaced by an `invalid` hook. */
export class BadInput extends LoomError {
  readonly #part: InputPart;

  constructor(def: LoomErrorDef, part: InputPart, issues?: readonly Issue[]) {
    super(def, issues === undefined ? {} : { issues });
    this.#part = part;
  }

  /** Where the bad input is. */
  get part(): InputPart {
    return this.#part;
  }
}

/** What `schema` makes of `value`, at once if the schema is synchronous; throws BadInput for what does not fit. */
export function validate(schema: StandardSchema, value: unknown, part: InputPart): unknown {
  const result = schema["~standard"].validate(value);
  return isThenable(result) ? result.then((found) => outputOf(found, part)) : outputOf(result, part);
}

/** An issue as it is sent: the message and plain path keys, whatever the schema library makes of them. */
export function plainIssue({ message, path }: SchemaIssue): Issue {
  if (path === undefined || path.length === 0) return { message };
  return { message, path: path.map((part) => plainKey(typeof part === "object" ? part.key : part)) };
}

function outputOf(result: SchemaResult<unknown>, part: InputPart): unknown {
  if (result.issues) throw new BadInput(LOOM_ERRORS.INVALID_INPUT, part, result.issues.map(plainIssue));
  return result.value;
}

function plainKey(key: PropertyKey): string | number {
  return typeof key === "symbol" ? (key.description ?? "") : key;
}
