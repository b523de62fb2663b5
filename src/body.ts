import { LOOM_ERRORS } from "./catalogue.ts";
import { BadInput } from "./validate.ts";

const decoder = new TextDecoder();

/** The largest body an object takes when nothing else is said: 1 MiB. */
export const defaultMaxBody = 1_048_576;

/** The body of `request`; a longer one than `limit` is refused as soon as that is known. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const { body } = request;
  if (body === null) return new Uint8Array(0);
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > limit) {
    await body.cancel();
    throw tooLarge();
  }
  return readStream(body, limit);
}

/** `bytes` as text: UTF-8, without a byte order mark. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The value of a JSON text; throws what answers 400 for one that is malformed. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(LOOM_ERRORS.NOT_JSON, "body");
  }
}

/** Refuses a body declared as anything but JSON; one that is not declared at all is taken for JSON. */
export function checkMediaType(request: Request): void {
  const declared = request.headers.get("content-type");
  if (declared === null || /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i.test(declared)) return;
  throw new BadInput(LOOM_ERRORS.UNSUPPORTED_MEDIA_TYPE, "body");
}

async function readStream(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(part.value);
  }
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function tooLarge(): BadInput {
  return new BadInput(LOOM_ERRORS.TOO_LARGE, "body");
}
