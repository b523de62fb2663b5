/** What the in-process comparison asks of an object. */
export interface Spinning extends Rpc.DurableObjectBranded {
  spin(turns: number): void;
}

interface Env {
  readonly OBJECTS: DurableObjectNamespace<Spinning>;
}

/** Has the object answer its own requests as often as the query says, in one event. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    await env.OBJECTS.getByName("spinning").spin(Number(new URL(request.url).searchParams.get("turns")));
    return new Response("done");
  },
};
