import { LoomResponse, type Middleware } from "loom-do";

/** For sockets on every path: a plain request to one that nothing answers gets a 404, not a 426; but for `/ws`. */
export const hidingSockets: Middleware = async ({ url }, next) => {
  const response = await next();
  return response.status === 426 && url.pathname !== "/ws" ? LoomResponse.notFound() : response;
};
