import { routeToObject } from "loom-do/worker";
import type { CollaborativeText } from "./collaborative-text.ts";

export { CollaborativeText } from "./collaborative-text.ts";

interface Bindings {
  readonly TEXTS: DurableObjectNamespace<CollaborativeText>;
}

export default {
  fetch(request: Request, env: Bindings) {
    return routeToObject(request, env.TEXTS, "/texts/:id/*") ?? new Response("Not found", { status: 404 });
  },
};
