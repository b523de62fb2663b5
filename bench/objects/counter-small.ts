import { LoomDO, Persisted, Route } from "loom-do";

/** The counter of Loom's own documentation. */
export class Counter extends LoomDO {
  @Persisted accessor value = 0;

  @Route("POST", "/increment")
  increment() {
    return { value: ++this.value };
  }
}

export default { fetch: () => new Response() };
