import { misuse } from "../errors.ts";
import { type Constructor, lineage, Registry } from "../metadata.ts";
import { parsePath, shapeOf } from "./path.ts";
import type { Segment } from "./path.ts";
import type { LoomRoute, Middleware, RouteOptions, RouteSchemas } from "./route-types.ts";

/** A route as @Route recorded it. */
export interface RouteEntry {
  readonly name: string | symbol;
  readonly isPrivate: boolean;
  readonly method: string;
  readonly path: string;
  readonly options: RouteSchemas & RouteOptions;
  readonly handlerOf: (object: never) => Handler;
}

/** Middleware as @Use recorded it: of one member, or of the whole class. */
export interface MiddlewareEntry {
  readonly name: string | symbol | undefined;
  readonly middleware: Middleware;
}

/** Any handler, whatever its object and context. */
// `any`: a stored function takes the `this` and the context it is called with.
export type Handler = (this: any, ctx: any) => unknown;

/** A route whose path is read. */
export interface PlacedRoute extends RouteEntry {
  readonly segments: readonly Segment[];
  /** The same for two routes that would answer the same requests. */
  readonly key: string;
  /** Where it was declared, for error messages. */
  readonly where: string;
  /** What stands around it; known when the class is compiled. */
  readonly middleware: readonly Middleware[];
}

/** What @Route recorded. */
export const routes = new Registry<PlacedRoute>("loom:routes");

/** What @Use recorded. */
export const middleware = new Registry<MiddlewareEntry>("loom:middleware");

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Reads a route's path and refuses what cannot work. */
export function placeRoute(entry: RouteEntry, where: string): PlacedRoute {
  const { method, path, options } = entry;
  if (!methods.has(method)) throw misuse(`${where}: \`${method}\` is no method. Write ${[...methods].join(", ")}.`);
  const { maxBody = 0 } = options;
  if (!(maxBody >= 0)) throw misuse(`${where}: maxBody is ${maxBody}. Write a number of bytes.`);
  const segments = parsePath(path, where);
  return { ...entry, segments, key: `${method} ${shapeOf(segments)}`, where, middleware: [] };
}

/** Reads a route of `routes()`. */
export function placeGiven({ method, path, handler, ...options }: LoomRoute): PlacedRoute {
  const entry = { name: "routes()", isPrivate: true, method, path, options, handlerOf: () => handler };
  return placeRoute(entry, `routes() ${method} ${path}`);
}

/** The routes of a class and its ancestors: the most derived declaration of a member or of a path wins. */
export function routesOf(ctor: Constructor): PlacedRoute[] {
  let found: PlacedRoute[] = [];
  for (const at of lineage(ctor)) {
    const own = routes.ownOf(at);
    checkDistinct(own);
    const isReplaced = ({ key, name }: PlacedRoute) =>
      own.some((route) => route.key === key || (!route.isPrivate && route.name === name));
    found = found.filter((route) => !isReplaced(route));
    for (const route of own) {
      found.push({ ...route, middleware: middlewareOf(route.isPrivate ? [at] : lineage(ctor), route.name) });
    }
  }
  return found;
}

/** The middleware around everything a class answers, or around one of its members; the outermost first. */
export function middlewareOf(classes: readonly Constructor[], name?: string | symbol): Middleware[] {
  // Decorators apply from the bottom up, so each class recorded its innermost first.
  const entries = classes.flatMap((at) => middleware.ownOf(at).toReversed());
  return entries.filter((entry) => entry.name === name).map((entry) => entry.middleware);
}

/** Refuses two routes that would answer the same requests, and names both. */
export function checkDistinct(placed: readonly PlacedRoute[]): void {
  const seen = new Map<string, PlacedRoute>();
  for (const route of placed) {
    const other = seen.get(route.key);
    if (other) throw misuse(`${other.where} and ${route.where} answer the same requests. Remove one.`);
    seen.set(route.key, route);
  }
}
