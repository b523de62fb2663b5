import { checkMediaType, parseJson, readBody } from "./body.ts";
import type { LoomEvent } from "../event.ts";
import type { LoomLogger } from "../logger.ts";
import { queryOf } from "./path.ts";
import type { BodyOf, ParamsOf, QueryOf, RouteSchemas } from "./route-types.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";

export type {
  InvalidHook,
  InvalidInput,
  LoomRoute,
  Middleware,
  Next,
  RouteMethod,
  RouteOptions,
  RoutePath,
  RouteSchemas,
} from "./route-types.ts";

const decoder = new TextDecoder();

/** Replaces one part of a context's input by what its schema made of it. */
export const setInput: unique symbol = Symbol("loom.setInput");

// As `this` of methods: taken off the context by destructuring, they do not compile.
type AnyContext = LoomRequestContext<string, RouteSchemas>;

/** Where a request is going. */
export interface Target {
  readonly method: string;
  readonly path: string;
  readonly pattern: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly maxBody: number;
}

/**
 * One request, as handlers and middleware see it.
 *
 * Input is validated after the middleware has run: until then `query` and `params` hold what was sent, and `body` nothing.
 *
 * @example
 * ```ts
 * @Route("GET", "/drafts/:slug")
 * readDraft({ params }: LoomRequestContext<"/drafts/:slug">) { return this.drafts.get(params.slug); }
 * ```
 */
export class LoomRequestContext<Path extends string = string, Schemas extends RouteSchemas = {}> implements LoomEvent {
  readonly request: Request;
  /** The method, in upper case. */
  readonly method: string;
  /** The path as it was sent, escapes kept. */
  readonly path: string;
  /** The path of the matched route. */
  readonly pattern: Path | undefined;
  /** The path's parameters, decoded; or what the `params` schema made of them. */
  readonly params: ParamsOf<Path, Schemas>;
  /** The caller's `x-correlation-id`, or the trace id of its `traceparent`. */
  readonly correlationId: string | undefined;
  /** What the `body` schema made of the body. */
  readonly body: BodyOf<Schemas> = undefined as BodyOf<Schemas>; // set by `setInput` before the handler runs
  readonly #object: AnyLoomDO;
  readonly #maxBody: number;
  #url: URL | undefined;
  #query: unknown;
  #bytes: Promise<Uint8Array> | undefined;

  constructor(object: AnyLoomDO, request: Request, target: Target) {
    this.request = request;
    this.method = target.method;
    this.path = target.path;
    this.pattern = target.pattern as Path | undefined; // the route that matched was declared with it
    this.params = target.params as ParamsOf<Path, Schemas>; // read from the path by its own names
    this.correlationId = correlationOf(request.headers);
    this.#object = object;
    this.#maxBody = target.maxBody;
  }

  /** The whole URL, parsed on first use. */
  get url(): URL {
    return (this.#url ??= new URL(this.request.url));
  }

  /** The query's parameters; or what the `query` schema made of them. */
  get query(): QueryOf<Schemas> {
    return (this.#query ??= new URLSearchParams(queryOf(this.request.url))) as QueryOf<Schemas>; // or set by `setInput`
  }

  /** The object's bindings. */
  get env(): Cloudflare.Env {
    return toolsOf(this.#object).env as Cloudflare.Env; // whatever the class says its bindings are
  }

  /** The object's log. */
  get log(): LoomLogger {
    return toolsOf(this.#object).log;
  }

  /** Keeps the object at work until `promise` settles; a failure is logged. */
  waitUntil(this: AnyContext, promise: Promise<unknown>): void {
    const { ctx, log } = toolsOf(this.#object);
    ctx.waitUntil(promise.catch((cause: unknown) => log.errorWithCause("A waitUntil promise failed.", cause)));
  }

  /** The body as bytes, within the route's `maxBody`. */
  bytes(this: AnyContext): Promise<Uint8Array> {
    return (this.#bytes ??= readBody(this.request, this.#maxBody));
  }

  /** The body as text, within the route's `maxBody`. */
  async text(this: AnyContext): Promise<string> {
    return decoder.decode(await this.bytes());
  }

  /** The body as JSON, unchecked: give the route a `body` schema to have it checked. */
  async json<T = unknown>(this: AnyContext): Promise<T> {
    checkMediaType(this.request);
    return parseJson(await this.text()) as T; // the caller's word for it
  }

  [setInput](part: "params" | "query" | "body", value: unknown): void {
    if (part === "query") this.#query = value;
    else Object.assign(this, { [part]: value });
  }
}

function correlationOf(headers: Headers): string | undefined {
  const given = headers.get("x-correlation-id");
  if (given) return given.slice(0, 128);
  const trace = headers.get("traceparent");
  return trace === null ? undefined : /^[\da-f]{2}-([\da-f]{32})-/.exec(trace)?.[1];
}
