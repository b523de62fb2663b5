interface Env {
  readonly OBJECTS: DurableObjectNamespace;
}

/** Hands each request to the object that its query names. */
export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const { url } = request;
    return env.OBJECTS.getByName(url.slice(url.indexOf("?") + 1)).fetch(request);
  },
};
