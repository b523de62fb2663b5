import { LOOM_ERRORS, LoomError, safeJsonParse } from "loom-do";

// As much as an object takes.
const most = 8 * 1024 * 1024;

/** A body's JSON: undefined when it is empty, null when it is none; throws a 413 for more than any object takes. */
export async function jsonOf({ body }: Request): Promise<unknown> {
  const text = body ? await textOf(body) : "";
  return text ? safeJsonParse<unknown>(text, null) : undefined;
}

async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw new LoomError(LOOM_ERRORS.TOO_LARGE);
    chunks.push(chunk);
  }
  return new Blob(chunks).text();
}
