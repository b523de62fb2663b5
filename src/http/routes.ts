import { checkDistinct, type Declaration, prevailing } from "../declare/prevailing.ts";
import { misuse } from "../errors.ts";
import { type Constructor, lineage, Registry } from "../metadata.ts";
import { parsePath, shapeOf } from "./path.ts";
import type { Segment } from "./path.ts";
import type { LoomRoute, Middleware, RouteOptions, RouteSchemas } from "./route-types.ts";

/** A route as @Route recorded it. */
export interface RouteEntry {
  readonly member: string | symbol;
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
export interface PlacedRoute extends RouteEntry, Declaration {
  readonly segments: readonly Segment[];
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
  const entry = { member: "routes()", isPrivate: true, method, path, options, handlerOf: () => handler };
  return placeRoute(entry, `routes() ${method} ${path}`);
}

/** The routes of a class and its ancestors: the most derived declaration of a member or of a path wins. */
export function routesOf(ctor: Constructor): PlacedRoute[] {
  return prevailing(routes, ctor, clash).map(({ entry, at }) => {
    const { isPrivate, member } = entry;
    return { ...entry, middleware: middlewareOf(isPrivate ? [at] : lineage(ctor), member) };
  });
}

/** The middleware around everything a class answers, or around one of its members; the outermost first. */
export function middlewareOf(classes: readonly Constructor[], name?: string | symbol): Middleware[] {
  // Decorators apply from the bottom up, so each class recorded its innermost first.
  const entries = classes.flatMap((at) => middleware.ownOf(at).toReversed());
  return entries.filter((entry) => entry.name === name).map((entry) => entry.middleware);
}

/** Refuses two routes that would answer the same requests, and names both. */
export function checkRoutes(placed: readonly PlacedRoute[]): void {
  checkDistinct(placed, clash);
}

function clash(): string {
  return "answer the same requests";
}
