import { env } from "cloudflare:workers";
import type { GroveObject } from "../../../examples/grove/objects/grove-object.ts";
import type { GroveEnv, PostContent } from "../../../examples/grove/types.ts";

type Bound = Required<GroveEnv> & Readonly<Record<string, DurableObjectNamespace<GroveObject>>>;

/** Grove's bindings, and the fixture classes that lack or slow one of them. */
export const grove = env as unknown as Bound; // bound by vitest.config.ts

/** What came back: the status, the content type, the body to the byte. */
export type Answer = readonly [status: number, type: string | null, text: string];

const plain = "text/plain;charset=UTF-8";

/** The catalogue's answers that Grove's pages name. */
export const notJson = loomError(400, "021", "The request body is not valid JSON.");
export const noRoute = loomError(404, "020", "The requested resource was not found.");
export const notAllowed = loomError(405, "022", "This method is not allowed here.");
export const tooLarge = loomError(413, "025", "The request is too large.");

/** An answer in plain text. */
export function says(status: number, text: string): Answer {
  return [status, plain, text];
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): Answer {
  return [status, "application/json", JSON.stringify(value)];
}

/** Sends `line` ("PUT /content"); a body that is no string goes as JSON. */
export async function ask(object: DurableObjectStub, line: string, body?: unknown): Promise<Answer> {
  const response = await send(object, line, body);
  return [response.status, response.headers.get("Content-Type"), await response.text()];
}

/** As `ask`, the response whole. */
export function send(object: DurableObjectStub, line: string, body?: unknown): Promise<Response> {
  const [method, path] = line.split(" ") as [string, string];
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return object.fetch(`https://grove${path}`, { method, ...(body === undefined ? {} : { body: text }) });
}

/** The JSON of an answer. */
export function data<Value>([, , text]: Answer): Value {
  return JSON.parse(text) as Value;
}

/** The record that GET /content answers with. */
export async function contentOf(object: DurableObjectStub): Promise<PostContent> {
  return data(await ask(object, "GET /content"));
}

/** The answer in the form of the catalogue. */
export function loomError(status: number, number: string, description: string): Answer {
  const code = `GROVE-LOOM-${number}`;
  return json({ error: code, error_code: code, error_description: description }, status);
}
