import type { Middleware } from "../../src/http/context.ts";

/** Adds `name` to the `x-trail` header on the way out: the innermost comes first. */
export const trail = (name: string): Middleware => {
  return async (_ctx, next) => {
    const response = await next();
    response.headers.set("x-trail", [response.headers.get("x-trail"), name].filter(Boolean).join(" "));
    return response;
  };
};
