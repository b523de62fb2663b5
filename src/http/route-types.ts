import type { LoomRequestContext } from "./context.ts";
import type { LoomError } from "../errors.ts";
import type { PathParams } from "./path.ts";
import type { SchemaOutput, StandardSchema } from "../data/standard-schema.ts";
import type { Issue } from "../types.ts";
import type { InputPart } from "./validate.ts";

/** The methods a route can answer; HEAD and OPTIONS are answered without one. */
export type RouteMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** A route's path: `/a/:id`, `/files/*rest`. */
export type RoutePath = `/${string}`;

/** The schemas of a route's input. */
export interface RouteSchemas {
  readonly params?: StandardSchema;
  readonly query?: StandardSchema;
  readonly body?: StandardSchema;
}

/** How a route deals with its input. */
export interface RouteOptions {
  /** The largest body, in bytes. @default the class's, else 1048576 */
  readonly maxBody?: number;
  /** Replaces the default answer to bad input. @default the class's */
  readonly invalid?: InvalidHook;
}

/** Bad input: what is wrong and where. */
export interface InvalidInput {
  readonly code: string;
  readonly status: number;
  readonly in: InputPart;
  readonly issues?: readonly Issue[];
  /** The error whose answer this would have been; throw it to give that answer. */
  readonly error: LoomError;
}

/** Answers bad input in place of the default: a Response, or a value answered like a handler's. */
export type InvalidHook = (problem: InvalidInput, ctx: LoomRequestContext) => unknown;

/** Runs what comes after a middleware; whatever fails there arrives as a response. */
export type Next = () => Promise<Response>;

/** Answers in place of what comes after it, or with what that answered. */
export type Middleware = (ctx: LoomRequestContext, next: Next) => Response | Promise<Response>;

/** A route given by `routes()`, beside those of decorators. */
export interface LoomRoute extends RouteSchemas, RouteOptions {
  readonly method: RouteMethod;
  readonly path: RoutePath;
  handler(ctx: LoomRequestContext<string, RouteSchemas>): unknown;
}

/** `params` as a handler sees them. */
export type ParamsOf<Path extends string, Schemas> = "params" extends keyof Schemas
  ? OutputOf<Schemas["params"]>
  : PathParams<Path>;

/** `query` as a handler sees it. */
export type QueryOf<Schemas> = "query" extends keyof Schemas ? OutputOf<Schemas["query"]> : URLSearchParams;

/** `body` as a handler sees it. */
export type BodyOf<Schemas> = "body" extends keyof Schemas ? OutputOf<Schemas["body"]> : undefined;

// `any`: the context of a route whose schemas are not known, as in `routes()`, fits any annotation.
type OutputOf<Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : any;
