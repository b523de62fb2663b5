import { defaultMaxBody } from "./body.ts";
import { LOOM_ERRORS } from "../catalogue.ts";
import { type LoomRequestContext, setInput } from "./context.ts";
import type { LoomOptions } from "../options.ts";
import { LoomResponse } from "./respond.ts";
import type { InvalidHook, Middleware, RouteSchemas } from "./route-types.ts";
import type { PlacedRoute } from "./routes.ts";
import { isThenable } from "../thenable.ts";
import type { AnyLoomDO } from "../types.ts";
import { BadInput, validate } from "./validate.ts";

/** What answers a request, and what stands around it. */
export interface Endpoint {
  /** The path as the route declares it; none for what Loom answers itself. */
  readonly pattern: string | undefined;
  readonly middleware: readonly Middleware[];
  readonly maxBody: number;
  readonly invalid: InvalidHook | undefined;
  readonly logsEvents: boolean;
  readonly respond: Respond;
}

type Respond = (object: AnyLoomDO, ctx: LoomRequestContext) => unknown;

/** Reads one part of the input into the context; a promise if that takes time. */
type Reader = (ctx: LoomRequestContext) => PromiseLike<void> | undefined;

/** What a class answers with when no route does: its middleware and its defaults. */
export function plainEndpoint(middleware: readonly Middleware[], options: LoomOptions): Endpoint {
  return {
    pattern: undefined,
    middleware,
    maxBody: options.maxBody ?? defaultMaxBody,
    invalid: options.invalid,
    logsEvents: options.log?.events === true,
    respond: () => LoomResponse.error(LOOM_ERRORS.NO_ROUTE),
  };
}

/** What answers for `route`, within the middleware and defaults of `base`. */
export function routeEndpoint(route: PlacedRoute, base: Endpoint): Endpoint {
  const { path, options, handlerOf } = route;
  const readers = readersOf(options);
  const handle: Respond = (object, ctx) => handlerOf(object as never).call(object, ctx); // its own class's object
  return {
    ...base,
    pattern: path,
    middleware: [...base.middleware, ...route.middleware],
    maxBody: options.maxBody ?? base.maxBody,
    invalid: options.invalid ?? base.invalid,
    respond:
      readers.length === 0
        ? handle
        : (object, ctx) => {
            const reading = readAll(readers, ctx);
            return reading === undefined ? handle(object, ctx) : reading.then(() => handle(object, ctx));
          },
  };
}

/** What refuses a path that cannot be decoded. */
export function malformedEndpoint(base: Endpoint): Endpoint {
  const respond = () => {
    throw new BadInput(LOOM_ERRORS.MALFORMED_PATH, "path");
  };
  return { ...base, respond };
}

function readersOf({ params, query, body }: RouteSchemas): Reader[] {
  const readers: Reader[] = [];
  if (params) readers.push((ctx) => keep(ctx, "params", validate(params, ctx.params, "params")));
  if (query) readers.push((ctx) => keep(ctx, "query", validate(query, plainQuery(ctx.query), "query")));
  if (body) {
    readers.push(async (ctx) => keep(ctx, "body", validate(body, await ctx.json(), "body")));
  }
  return readers;
}

function keep(
  ctx: LoomRequestContext,
  part: "params" | "query" | "body",
  value: unknown,
): PromiseLike<void> | undefined {
  if (isThenable(value)) return value.then((output) => ctx[setInput](part, output));
  ctx[setInput](part, value);
  return undefined;
}

function readAll(readers: readonly Reader[], ctx: LoomRequestContext, from = 0): PromiseLike<void> | undefined {
  for (let at = from; at < readers.length; at++) {
    const reading = readers[at]!(ctx);
    if (reading) return reading.then(() => readAll(readers, ctx, at + 1));
  }
  return undefined;
}

/** The query as data: text by name, a list where a name is repeated. */
function plainQuery(query: URLSearchParams): object {
  const data: Record<string, string | string[]> = Object.create(null); // a name may be `__proto__`
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    data[name] = values.length === 1 ? values[0]! : values;
  }
  return data;
}
