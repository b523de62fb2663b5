import { jsonOf } from "./body.ts";
import type { Visit } from "./visit.ts";

interface Change {
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** What the body has besides what was sent, or in its place. */
  readonly body?: object;
}

/** Hands a request on to an object, with what the Worker knows better than its sender. */
export async function forward(
  { request, url }: Visit,
  object: Fetcher,
  { path, query, body }: Change = {},
): Promise<Response> {
  const target = new URL(url);
  if (path !== undefined) target.pathname = path;
  for (const [name, value] of Object.entries(query ?? {})) target.searchParams.set(name, value);
  if (body === undefined) return object.fetch(new Request(target, request));
  const sent = await jsonOf(request);
  const isObject = typeof sent === "object" && sent !== null && !Array.isArray(sent);
  // What is no object is the object's to refuse, in its own words.
  const text = JSON.stringify(isObject ? { ...sent, ...body } : (sent ?? null));
  return object.fetch(target, { method: request.method, headers: { "Content-Type": "application/json" }, body: text });
}

/** Part of a name: a colon in it cannot pass for one of the name's own. */
export function part(text: string): string {
  return encodeURIComponent(text);
}
