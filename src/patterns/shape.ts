import type { StandardSchema } from "../index.ts";

type Check = (value: unknown) => boolean;

/** A text that can be a key: 1 to 512 characters. */
export const name = schemaOf<string>("a text of 1 to 512 characters", (value) => {
  return typeof value === "string" && value.length > 0 && value.length <= 512 && value.isWellFormed();
});

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): StandardSchema<number> {
  const isWhole = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  return schemaOf(`a whole number from ${least} to ${most}`, isWhole);
}

/** A number from `least` to `most`, fractions included. */
export function between(least: number, most: number): StandardSchema<number> {
  const isBetween = (value: unknown) => typeof value === "number" && value >= least && value <= most;
  return schemaOf(`a number from ${least} to ${most}`, isBetween);
}

/** What fits `schema`, or nothing. */
export function optional<Value>({ "~standard": inner }: StandardSchema<Value>): StandardSchema<Value | undefined> {
  const validate = (value: unknown) => (value === undefined ? { value } : inner.validate(value));
  return { "~standard": { version: 1, vendor: "loom", validate } };
}

/** An object of these fields; what else it has is left out. The schemas are synchronous ones of this file. */
export function shape<Value extends object>(fields: {
  readonly [Name in keyof Value]-?: StandardSchema<Value[Name] | undefined>;
}): StandardSchema<Value> {
  const entries = Object.entries(fields) as [keyof Value & string, StandardSchema][];
  const validate = (given: unknown) => {
    if (typeof given !== "object" || given === null) return { issues: [{ message: "Expected an object" }] };
    const results = entries.map(([at, schema]) => [at, issuesOf(schema, (given as Partial<Value>)[at])] as const);
    const issues = results.flatMap(([at, found]) => found.map(({ message }) => ({ message, path: [at] })));
    const present = entries.filter(([at]) => (given as Partial<Value>)[at] !== undefined);
    const value = Object.fromEntries(present.map(([at]) => [at, (given as Value)[at]])) as Value; // each fits its field
    return issues.length > 0 ? { issues } : { value };
  };
  return { "~standard": { version: 1, vendor: "loom", validate } };
}

function issuesOf(schema: StandardSchema, value: unknown): readonly { readonly message: string }[] {
  const result = schema["~standard"].validate(value);
  return "issues" in result ? (result.issues ?? []) : [];
}

function schemaOf<Value>(expected: string, fits: Check): StandardSchema<Value> {
  const validate = (value: unknown) =>
    fits(value) ? { value: value as Value } : { issues: [{ message: `Expected ${expected}` }] };
  return { "~standard": { version: 1, vendor: "loom", validate } };
}
