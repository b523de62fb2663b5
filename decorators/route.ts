import type { LoomRequestContext } from "../src/http/context.ts";
import { checkCalled, checkPlacement } from "../src/declare/placement.ts";
import type { PathParams } from "../src/http/path.ts";
import type { RouteMethod, RouteOptions, RoutePath, RouteSchemas } from "../src/http/route-types.ts";
import { placeRoute, routes } from "../src/http/routes.ts";
import type { SchemaInput, StandardSchema } from "../src/data/standard-schema.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";

type Handler<This, Path extends string, Schemas extends RouteSchemas> = (
  this: This,
  ctx: LoomRequestContext<Path, Schemas>,
) => unknown;

type Given<Key extends string, Schema> = [Schema] extends [StandardSchema] ? { readonly [At in Key]: Schema } : {};

type Absent = undefined;

/** Refuses a params schema that the path's strings can never fit: its message is the property's name. */
type Fitting<Path extends RoutePath, Params> = [Params] extends [StandardSchema]
  ? PathParams<Path> extends SchemaInput<Params>
    ? unknown
    : { readonly params: { readonly "the schema does not take the parameters of this path": PathParams<Path> } }
  : unknown;

/** What @Route is told of a route's input. */
export interface RouteInput<Params, Query, Body> extends RouteOptions {
  /** Checks and converts the path's parameters. */
  readonly params?: Params;
  /** Checks and converts the query; a key that is repeated arrives as a list. */
  readonly query?: Query;
  /** Checks and converts the body, which is then read as JSON. */
  readonly body?: Body;
}

/**
 * Answers `method` requests to `path` with the decorated method: a Response, a value sent as JSON, or nothing (204).
 *
 * A static segment beats `:name`, which beats `*name` (the rest of the path, also none of it), whatever the order.
 *
 * @example
 * ```ts
 * @Route("PUT", "/drafts/:slug", { body: DraftBody })
 * writeDraft({ params, body }: LoomRequestContext<"/drafts/:slug", { body: typeof DraftBody }>) {
 *   this.drafts.set(params.slug, body);
 *   return { success: true };
 * }
 * ```
 */
export function Route<
  const Path extends RoutePath,
  Params extends StandardSchema | Absent = Absent,
  Query extends StandardSchema | Absent = Absent,
  Body extends StandardSchema | Absent = Absent,
>(method: RouteMethod, path: Path, options?: RouteInput<Params, Query, Body> & Fitting<Path, Params>) {
  checkCalled("@Route", method, '@Route("GET", "/path")');
  type Schemas = Given<"params", Params> & Given<"query", Query> & Given<"body", Body>;
  return <This extends AnyLoomDO, Value extends Handler<This, Path, Schemas>>(
    _value: Value,
    context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
  ): void => {
    checkPlacement("@Route", "method", context);
    const { name: member, private: isPrivate, access } = context;
    const entry = {
      member,
      isPrivate,
      method,
      path,
      options: (options ?? {}) as RouteSchemas & RouteOptions,
      handlerOf: access.get,
    };
    routes.add(context, placeRoute(entry, `@Route ${String(member)} (${method} ${path})`));
  };
}
