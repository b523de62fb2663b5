import { LOOM_ERRORS } from "../catalogue.ts";
import { serve } from "./answer.ts";
import { LoomRequestContext } from "./context.ts";
import { type Endpoint, plainEndpoint, routeEndpoint, type Upgrades } from "./endpoint.ts";
import { currentEvent } from "../event.ts";
import { type Constructor, lineage } from "../metadata.ts";
import type { LoomOptions } from "../options.ts";
import { isMalformed, pathOf } from "./path.ts";
import { LoomResponse, upgradeRequired } from "./respond.ts";
import type { LoomRoute } from "./route-types.ts";
import { type Match, noParams, Router } from "./router.ts";
import { checkRoutes, middlewareOf, type PlacedRoute, placeGiven, routesOf } from "./routes.ts";
import { isThenable } from "../thenable.ts";
import type { AnyLoomDO } from "../types.ts";
import { isUpgrade } from "./upgrade.ts";
import { BadInput } from "./validate.ts";

/** Compiles what a class answers over HTTP: its routes, their middleware and its options. */
export function compileHttp(ctor: Constructor, options: LoomOptions, upgradesFor?: (base: Endpoint) => Upgrades): Http {
  const base = plainEndpoint(middlewareOf(lineage(ctor)), options);
  return new Http(base, routesOf(ctor), upgradesFor?.(base));
}

/** What a class, or one object with `routes()` of its own, answers over HTTP. */
export class Http {
  readonly #base: Endpoint;
  readonly #routes: readonly PlacedRoute[];
  readonly #upgrades: Upgrades | undefined;
  readonly #router = new Router<Endpoint>();

  constructor(base: Endpoint, routes: readonly PlacedRoute[], upgrades?: Upgrades) {
    this.#upgrades = upgrades;
    this.#base = base;
    this.#routes = routes;
    for (const route of routes) this.#router.add(route.method, route.segments, routeEndpoint(route, base));
  }

  /** The same with the routes of one object's `routes()` beside those of its class. */
  with(given: readonly LoomRoute[]): Http {
    if (given.length === 0) return this;
    const all = [...this.#routes, ...given.map(placeGiven)];
    checkRoutes(all);
    return new Http(this.#base, all, this.#upgrades);
  }

  /** Answers every request with `error`: what a `routes()` that failed leaves. */
  failing(error: unknown): Http {
    return new Http({ ...this.#base, respond: () => Promise.reject(error) }, []);
  }

  /** Answers `request`; never throws and never rejects: every failure becomes a response. */
  handle(object: AnyLoomDO, request: Request): Response | Promise<Response> {
    const { method } = request;
    const path = pathOf(request.url);
    // Only a class that takes sockets has a header read for them.
    const upgrade = this.#upgrades !== undefined && isUpgrade(request) ? this.#upgrades.find(path) : undefined;
    const { value: endpoint, params } = upgrade ?? this.#router.find(method, path) ?? this.#findOther(request, path);
    const { pattern, maxBody } = endpoint;
    const ctx = new LoomRequestContext(object, request, { method, path, pattern, params, maxBody });
    // Entering costs 1 to 2 µs (workerd 2026-10-23), ten times the rest of this; only the correlation id is asked for.
    const response =
      ctx.correlationId === undefined
        ? serve(object, ctx, endpoint)
        : currentEvent.run(ctx, serve, object, ctx, endpoint);
    return upgrade === undefined ? response : this.#finish(ctx, response);
  }

  /** 400 for a malformed path, HEAD from GET, OPTIONS from the path's methods, 405 for any other, else 404. */
  #findOther({ method, headers }: Request, path: string): Match<Endpoint> {
    const own = { value: this.#base, params: noParams };
    if (isMalformed(path)) return answering(own, refuseMalformed);
    const byGet = method === "HEAD" ? this.#router.find("GET", path) : undefined;
    if (byGet) return byGet;
    const methods = this.#router.methodsOf(path);
    if (methods.length === 0) return this.#findPlain(method, path) ?? own;
    const Allow = allowed(methods);
    if (method !== "OPTIONS") return answering(own, () => notAllowed(Allow));
    // A preflight passes the middleware of the route it asks for, so that a route's own `cors` answers it.
    const asked = this.#router.find(headers.get("access-control-request-method") ?? "", path);
    return answering(asked ?? own, () => new Response(null, { status: 204, headers: { Allow } }));
  }

  /** 426 for a plain request to a path that takes sockets only; any path does not tell which those are. */
  #findPlain(method: string, path: string): Match<Endpoint> | undefined {
    const found = method === "GET" || method === "HEAD" ? this.#upgrades?.find(path) : undefined;
    const isAnyPath = this.#routes.length > 0 && found?.value.pattern?.startsWith("/*");
    return found && !isAnyPath ? answering(found, upgradeRequired) : undefined;
  }

  #finish(ctx: LoomRequestContext, response: Response | Promise<Response>) {
    const finish = (found: Response) => this.#upgrades!.finish(ctx, found);
    return isThenable(response) ? response.then(finish) : finish(response);
  }
}

/** `found` with another answer, within the same middleware. */
function answering({ value, params }: Match<Endpoint>, respond: Endpoint["respond"]): Match<Endpoint> {
  return { value: { ...value, respond }, params };
}

function refuseMalformed(): never {
  throw new BadInput(LOOM_ERRORS.MALFORMED_PATH, "path");
}

function allowed(methods: readonly string[]): string {
  const all = new Set(methods).add("OPTIONS");
  if (all.has("GET")) all.add("HEAD");
  return [...all].toSorted().join(", ");
}

function notAllowed(allow: string): Response {
  const response = LoomResponse.error(LOOM_ERRORS.METHOD_NOT_ALLOWED);
  response.headers.set("Allow", allow);
  return response;
}
