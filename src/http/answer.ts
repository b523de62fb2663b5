import { LOOM_ERRORS } from "../catalogue.ts";
import type { LoomRequestContext } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import { misuse } from "../errors.ts";
import { frozenHint } from "../data/freeze.ts";
import { answerOf, asLoomError, errorResponse, LoomResponse } from "./respond.ts";
import { isThenable } from "../thenable.ts";
import type { AnyLoomDO } from "../types.ts";
import { BadInput } from "./validate.ts";

interface Call {
  readonly object: AnyLoomDO;
  readonly ctx: LoomRequestContext;
  readonly endpoint: Endpoint;
}

/** Answers one request; never throws and never rejects: every failure becomes a response. */
export function serve(object: AnyLoomDO, ctx: LoomRequestContext, endpoint: Endpoint): Response | Promise<Response> {
  const { middleware, logsEvents } = endpoint;
  const started = logsEvents ? Date.now() : 0;
  const response = middleware.length === 0 ? run(object, ctx, endpoint) : pass({ object, ctx, endpoint }, 0);
  if (!logsEvents && ctx.method !== "HEAD") return response;
  const finish = (found: Response) => {
    const { method, pattern = "(no route)", log } = ctx;
    if (logsEvents) log.event({ method, path: pattern, status: found.status, durationMs: Date.now() - started });
    return method === "HEAD" ? withoutBody(found, ctx) : found;
  };
  return isThenable(response) ? response.then(finish) : finish(response);
}

/** The endpoint itself, at once if it is synchronous. */
function run(object: AnyLoomDO, ctx: LoomRequestContext, endpoint: Endpoint): Response | Promise<Response> {
  try {
    const value = endpoint.respond(object, ctx);
    return isThenable(value) ? settle(value, ctx, endpoint) : answerOf(value);
  } catch (error) {
    return fail(error, ctx, endpoint);
  }
}

async function settle(value: PromiseLike<unknown>, ctx: LoomRequestContext, endpoint: Endpoint): Promise<Response> {
  try {
    return answerOf(await value);
  } catch (error) {
    return fail(error, ctx, endpoint);
  }
}

/** The middleware from `at` on, one inside the other, with the endpoint in the middle. */
async function pass(call: Call, at: number): Promise<Response> {
  const { object, ctx, endpoint } = call;
  const middleware = endpoint.middleware[at];
  if (!middleware) return run(object, ctx, endpoint);
  let isPassed = false;
  try {
    const response: unknown = await middleware(ctx, () => {
      if (isPassed) throw misuse("A middleware called next() twice. Call it once.");
      isPassed = true;
      return pass(call, at + 1);
    });
    if (response instanceof Response) return response;
    // `@Use(cors)` hands over what makes a middleware.
    const remedy = typeof response === "function" ? "Call it: `@Use(cors())`." : "Write `return next();`.";
    throw misuse(`A middleware answered with no Response. ${remedy}`);
  } catch (error) {
    return fail(error, ctx, endpoint);
  }
}

function fail(error: unknown, ctx: LoomRequestContext, endpoint: Endpoint): Response | Promise<Response> {
  if (error instanceof BadInput && endpoint.invalid) return refuse(error, ctx, endpoint);
  return responseTo(error, ctx);
}

/** Has the `invalid` hook answer; what it throws in turn is answered like anything thrown. */
async function refuse(error: BadInput, ctx: LoomRequestContext, { invalid }: Endpoint): Promise<Response> {
  const { code, status, issues, part } = error;
  try {
    return answerOf(await invalid!({ code, status, in: part, error, ...(issues && { issues }) }, ctx));
  } catch (failure) {
    return responseTo(failure, ctx);
  }
}

function responseTo(thrown: unknown, ctx: LoomRequestContext): Response {
  if (thrown instanceof Response) return thrown;
  const error = asLoomError(thrown);
  if (error === undefined) return broken(thrown, ctx);
  try {
    const response = errorResponse(error);
    // A bug that a client can meet at will is its mistake to it, and still one to mend.
    if (error.status >= 500 || error.def.category === "bug")
      ctx.log.loomError(error.def, { ...placeOf(ctx), cause: thrown });
    return response;
  } catch (cause) {
    // Its status is none that can be sent, or its issues have no JSON form.
    return broken(cause, ctx);
  }
}

function broken(cause: unknown, ctx: LoomRequestContext): Response {
  const hint = frozenHint(cause);
  ctx.log.loomError(LOOM_ERRORS.HANDLER_THREW, { ...placeOf(ctx), ...(hint && { hint }), cause });
  return LoomResponse.error(LOOM_ERRORS.HANDLER_THREW);
}

function placeOf({ method, pattern }: LoomRequestContext): { method: string; path: string | undefined } {
  return { method, path: pattern };
}

function withoutBody(response: Response, ctx: LoomRequestContext): Response {
  if (response.body === null) return response;
  if (!response.body.locked) ctx.waitUntil(response.body.cancel());
  return new Response(null, response);
}
