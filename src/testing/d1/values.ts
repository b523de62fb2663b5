/** A value as it travels to the database. */
export type SentValue = null | number | string | readonly number[];

/** `value` as `bind` takes it. */
export function sentValueOf(value: unknown): SentValue {
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === null) return null;
  if (isBytes(value)) return value;
  if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value));
  // The platform sends a view's elements, not its bytes.
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array);
  const problem = `Type '${typeof value}' not supported for value '${String(value)}'`;
  throw new Error(`D1_TYPE_ERROR: ${problem}`, { cause: new Error(problem) });
}

/** `sent` as the database stores it. */
export function storedValueOf(sent: SentValue): null | number | string | ArrayBuffer {
  if (sent !== null && typeof sent === "object") return new Uint8Array(sent).buffer;
  // JSON carries neither NaN nor infinities.
  return typeof sent === "number" && !Number.isFinite(sent) ? null : sent;
}

/** `cell` as it travels back. */
export function answeredValueOf(cell: unknown): unknown {
  if (cell instanceof ArrayBuffer) return Array.from(new Uint8Array(cell));
  return typeof cell === "number" && !Number.isFinite(cell) ? null : cell;
}

function isBytes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number" && each >= 0 && each < 256);
}
