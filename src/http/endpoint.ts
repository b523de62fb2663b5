import { LOOM_ERRORS } from "../catalogue.ts";
import type { StandardSchema } from "../data/standard-schema.ts";
import { checkMediaType } from "./body.ts";
import { type LoomRequestContext, setInput } from "./context.ts";
import type { LoomOptions } from "../options.ts";
import { LoomResponse } from "./respond.ts";
import type { InvalidHook, Middleware, RouteSchemas } from "./route-types.ts";
import type { Match } from "./router.ts";
import type { PlacedRoute } from "./routes.ts";
import type { AnyLoomDO } from "../types.ts";
import { BadInput, validate } from "./validate.ts";

const defaultMaxBody = 1_048_576;

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

/** What answers the upgrades of a class to WebSockets. */
export interface Upgrades {
  /** What takes an upgrade of `path`. */
  find(path: string): Match<Endpoint> | undefined;
  /** The answer, once everything around the endpoint has agreed to it. */
  finish(ctx: LoomRequestContext, response: Response): Response;
}

type Respond = (object: AnyLoomDO, ctx: LoomRequestContext) => unknown;

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
export function routeEndpoint({ path, options, handlerOf, middleware }: PlacedRoute, base: Endpoint): Endpoint {
  const { params, query, body, maxBody = base.maxBody, invalid = base.invalid } = options;
  const handle: Respond = (object, ctx) => handlerOf(object as never).call(object, ctx); // its own class's object
  const readAndHandle: Respond = async (object, ctx) => {
    await readInput(options, ctx);
    return handle(object, ctx);
  };
  return {
    ...base,
    pattern: path,
    middleware: [...base.middleware, ...middleware],
    maxBody,
    invalid,
    respond: params || query || body ? readAndHandle : handle,
  };
}

async function readInput({ params, query, body }: RouteSchemas, ctx: LoomRequestContext): Promise<void> {
  if (params) ctx[setInput]("params", await validate(params, ctx.params, "params"));
  if (query) ctx[setInput]("query", await validate(query, plainQuery(ctx.query), "query"));
  if (body) ctx[setInput]("body", await readBody(body, ctx));
}

/** What `schema` makes of the body: one that is empty is only bad JSON where the schema cannot do without. */
async function readBody(schema: StandardSchema, ctx: LoomRequestContext): Promise<unknown> {
  checkMediaType(ctx.request);
  if ((await ctx.bytes()).byteLength > 0) return validate(schema, await ctx.json(), "body");
  const result = await schema["~standard"].validate(undefined);
  if (result.issues) throw new BadInput(LOOM_ERRORS.NOT_JSON, "body");
  return result.value;
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
