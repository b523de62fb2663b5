import { LoomDO, Persisted, Route } from "loom-do";
import { routeToObject } from "loom-do/worker";

/** Greets whoever it is called after, and counts. */
export class Hello extends LoomDO {
  @Persisted accessor visits = 0; // survives evictions, crashes and deploys

  @Route("GET", "/")
  greet() {
    this.visits += 1;
    return { hello: this.ctx.id.name, visits: this.visits };
  }
}

export default {
  fetch(request: Request, env: { readonly HELLO: DurableObjectNamespace<Hello> }) {
    return routeToObject(request, env.HELLO, "/:name") ?? new Response("Try /ada");
  },
};
