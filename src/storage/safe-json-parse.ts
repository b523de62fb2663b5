/** The value that the JSON text `raw` holds, or `fallback` when there is no text or it is not JSON. */
export function safeJsonParse<Value>(raw: string | null | undefined, fallback: Value): Value {
  if (raw === null || raw === undefined) return fallback;
  try {
    return JSON.parse(raw) as Value; // the caller names the type: nothing here can check it
  } catch {
    return fallback;
  }
}
