import { LoomDO, Persisted, Route } from "loom-do";

export class Counter extends LoomDO {
  @Persisted accessor count = 0;

  @Route("POST", "/increment")
  increment() {
    this.count++;
    return { count: this.count };
  }
}

export default { fetch: () => new Response("The tests reach the object by its binding.") };
