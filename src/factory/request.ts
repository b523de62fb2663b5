import { milliseconds } from "../duration.ts";
import { misuse } from "../errors.ts";
import type { Duration } from "../types.ts";
import type { RetryPlan } from "./retry.ts";

/** A request to an object. */
export interface LoomFetchInit extends RequestInit {
  /** Sent as the body, as JSON. */
  readonly json?: unknown;
  /** How long the answer may take, retries and body included. @default no limit */
  readonly timeout?: Duration;
  /**
   * How often the call is repeated after a failure that the platform marks retryable.
   *
   * @default 3 for GET, HEAD, OPTIONS, PUT and DELETE; 0 for others, which may do more when they arrive twice
   */
  readonly retries?: number;
  /** The wait before the first retry: doubled each time, a random part of it taken. @default "100ms" */
  readonly backoff?: Duration;
}

/** A request as options, or as a method and a body that is sent as JSON. */
export type LoomCall = readonly [init?: LoomFetchInit] | readonly [method?: string, body?: unknown];

/** A request that is ready to be sent, again and again if need be. */
export interface Prepared {
  readonly url: string;
  readonly method: string;
  readonly init: RequestInit;
  readonly plan: RetryPlan;
}

const repeatable: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** The request that `call` describes; a path that would leave the object's own is refused. */
export function prepare(path: string, call: LoomCall): Prepared {
  const { json, timeout, retries, backoff = "100ms", ...rest } = initOf(call);
  const method = (rest.method ?? "GET").toUpperCase();
  const signal = signalOf(rest.signal, timeout);
  const init: RequestInit = { ...rest, method, ...(json !== undefined && jsonBody(rest.headers, json)) };
  if (signal) init.signal = signal;
  const isOnce = init.body instanceof ReadableStream;
  const plan = {
    retries: isOnce ? 0 : (retries ?? (repeatable.has(method) ? 3 : 0)),
    backoff: milliseconds(backoff, "loomFetch's backoff"),
    signal,
  };
  return { url: urlOf(path), method, init, plan };
}

/** The options that `call` stands for. */
export function initOf([first, body]: LoomCall): LoomFetchInit {
  if (typeof first !== "string") return first ?? {};
  return body === undefined ? { method: first } : { method: first, json: body };
}

function jsonBody(headers: HeadersInit | undefined, json: unknown): Pick<RequestInit, "headers" | "body"> {
  const all = new Headers(headers);
  if (!all.has("content-type")) all.set("content-type", "application/json");
  return { headers: all, body: JSON.stringify(json) };
}

function signalOf(given: AbortSignal | null | undefined, timeout: Duration | undefined): AbortSignal | undefined {
  if (timeout === undefined) return given ?? undefined;
  const limit = AbortSignal.timeout(milliseconds(timeout, "loomFetch's timeout"));
  return given ? AbortSignal.any([given, limit]) : limit;
}

/** `path` without its query, which may hold what no error should. */
export function pathnameOf(path: string): string {
  return path.split("?")[0]!;
}

function urlOf(path: string): string {
  const where = `loomFetch: the path ${JSON.stringify(pathnameOf(path))}`;
  // Resolved against a base, "//host" and "/\\host" would name another one.
  if (!/^\/(?![/\\])/.test(path)) throw misuse(`${where} must start with one slash.`);
  // A URL resolves `..` and cuts off `#…`: a part that came from outside would reach another route.
  if (path.includes("#")) throw misuse(`${where} holds a \`#\`. Write \`encodeURIComponent(part)\`.`);
  if (/[/\\](?:\.|%2e){1,2}(?:[/\\]|$)/i.test(pathnameOf(path)))
    throw misuse(`${where} holds a segment \`.\` or \`..\`.`);
  return `https://do-internal${path}`;
}
