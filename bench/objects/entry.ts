interface Env {
  readonly OBJECTS: DurableObjectNamespace;
}

/** Hands each request to the object named by its query. */
export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const { url } = request;
    return env.OBJECTS.getByName(url.slice(url.indexOf("?") + 1)).fetch(request);
  },
};
