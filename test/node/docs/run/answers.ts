/** What a script's module exports: it hands over what each of its lines gives. */
export type Run = (says: <Value>(nth: number, value: Value) => Value) => Promise<void>;

/** What the lines of a script give, as a page writes it; the last is the error, if one ended it. */
export async function answersOf(run: Run): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  try {
    await run((nth, value) => {
      answers[nth] = written(value);
      return value;
    });
  } catch (error) {
    answers.push(`throws ${String(error)}`);
  }
  return answers;
}

/** A value on one line, as one would write it in a program. */
function written(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Date) return `new Date("${value.toISOString()}")`;
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).map(([name, field]) => `${keyOf(name)}: ${written(field)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function keyOf(name: string): string {
  return /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}
