import type { SchemaOutput, StandardSchema } from "../data/standard-schema.ts";
import { safeJsonParse } from "../storage/safe-json-parse.ts";
import { plainIssue } from "../http/validate.ts";
import { LoomFetchError } from "./fetch-error.ts";
import { initOf, pathnameOf, prepare } from "./request.ts";
import type { LoomCall, LoomFetchInit } from "./request.ts";
import { withRetries } from "./retry.ts";
import { liveStub, renewStub } from "./stubs.ts";

/** Anything that answers requests: a stub of an object. */
export type Fetchable = Pick<Fetcher, "fetch">;

/** A request whose JSON answer is checked. */
export interface LoomFetchJsonInit<Schema extends StandardSchema> extends LoomFetchInit {
  readonly schema: Schema;
}

const maxErrorBody = 4_096;

/**
 * Sends a request to an object, again where the platform says that a failure is worth it.
 *
 * A stub that Loom made is renewed after a failure; any other may stay broken, so make a new one after a throw.
 *
 * @example
 * ```ts
 * const answer = await loomFetch(getLoomStub(env.ROOMS, "lobby"), "/members", { timeout: "5s" });
 * ```
 */
export async function loomFetch(stub: Fetchable, path: string, ...call: LoomCall): Promise<Response> {
  const { url, init, plan } = prepare(path, call);
  return withRetries(async () => {
    try {
      return await liveStub(stub).fetch(url, init);
    } catch (error) {
      renewStub(stub);
      throw error;
    }
  }, plan);
}

/**
 * The JSON that an object answers with, undefined when it answers with nothing; any other answer than a success throws.
 *
 * @example
 * ```ts
 * const { members } = await loomFetchJson(stub, "/members", { schema: Members });
 * ```
 */
export async function loomFetchJson<Schema extends StandardSchema>(
  stub: Fetchable,
  path: string,
  init: LoomFetchJsonInit<Schema>,
): Promise<SchemaOutput<Schema>>;
export async function loomFetchJson<Value = unknown>(stub: Fetchable, path: string, ...call: LoomCall): Promise<Value>;
export async function loomFetchJson(stub: Fetchable, path: string, ...call: LoomCall): Promise<unknown> {
  const { schema, ...init }: JsonInit = initOf(call);
  const where = `${init.method ?? "GET"} ${pathnameOf(path)}`;
  const response = await loomFetch(stub, path, init);
  const { status } = response;
  if (!response.ok) throw new LoomFetchError(`${where} answered ${status}`, { status, body: await startOf(response) });
  const text = await response.text();
  return checked(schema, parse(text), (problem) => {
    throw new LoomFetchError(`${where} answered ${status} with ${problem}`, {
      status,
      body: text.slice(0, maxErrorBody),
    });
  });
}

type JsonInit = LoomFetchInit & { readonly schema?: StandardSchema };

const notJson = Symbol("not JSON");

function parse(text: string): unknown {
  return text === "" ? undefined : safeJsonParse<unknown>(text, notJson);
}

async function checked(schema: StandardSchema | undefined, value: unknown, refuse: (problem: string) => never) {
  if (value === notJson) return refuse("text that is not JSON");
  if (schema === undefined) return value;
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return result.value;
  const [issue] = result.issues.map(plainIssue);
  return refuse(`JSON that does not fit its schema: ${issue?.path?.join(".") ?? "value"}: ${issue?.message}`);
}

/** The start of a body that may be of any size; the rest is not read. */
async function startOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length >= maxErrorBody) break;
  }
  return text.slice(0, maxErrorBody);
}
