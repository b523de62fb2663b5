import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { SchemaIssue, StandardSchema } from "../data/standard-schema.ts";
import type { Issue, LoomErrorDef } from "../types.ts";

/** Where in a request the bad input is. */
export type InputPart = "params" | "query" | "body" | "path";

/** Bad input, thrown where it is found; what it is answered with can be replaced by an `invalid` hook. */
export class BadInput extends LoomError {
  readonly #part: InputPart;

  constructor(def: LoomErrorDef, part: InputPart, issues?: readonly Issue[]) {
    super(def, issues && { issues });
    this.#part = part;
  }

  /** Where the bad input is. */
  get part(): InputPart {
    return this.#part;
  }
}

/** What `schema` makes of `value`; throws BadInput for what does not fit. */
export async function validate(schema: StandardSchema, value: unknown, part: InputPart): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues) throw new BadInput(LOOM_ERRORS.INVALID_INPUT, part, result.issues.map(plainIssue));
  return result.value;
}

/** An issue as it is sent: the message and plain path keys, whatever the schema library makes of them. */
export function plainIssue({ message, path }: SchemaIssue): Issue {
  return path?.length ? { message, path: path.map(plainKey) } : { message };
}

function plainKey(part: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof part === "object" ? part.key : part;
  return typeof key === "symbol" ? (key.description ?? "") : key;
}
