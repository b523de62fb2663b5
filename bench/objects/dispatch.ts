import { LoomDO, type LoomRequestContext, Persisted, Route } from "loom-do";
import { answer, answerAll } from "./dispatch-requests.ts";

export { default } from "./dispatch-entry.ts";

/** Seven routes by decorators. */
export class Objects extends LoomDO {
  @Persisted accessor visits = 0;

  @Route("GET", "/health") health() {
    return answer;
  }

  @Route("GET", "/posts") list() {
    return answer;
  }

  @Route("POST", "/posts") create() {
    return answer;
  }

  @Route("GET", "/posts/:slug") read({ params }: LoomRequestContext<"/posts/:slug">) {
    return params.slug ? answer : undefined;
  }

  @Route("PUT", "/posts/:slug") write({ params }: LoomRequestContext<"/posts/:slug">) {
    return params.slug ? answer : undefined;
  }

  @Route("GET", "/posts/:slug/comments/:id") comment({ params }: LoomRequestContext<"/posts/:slug/comments/:id">) {
    return params.slug && params.id ? answer : undefined;
  }

  @Route("DELETE", "/posts/:slug/comments/:id") remove({ params }: LoomRequestContext<"/posts/:slug/comments/:id">) {
    return params.slug && params.id ? answer : undefined;
  }

  spin(turns: number) {
    answerAll(this, turns);
  }
}
