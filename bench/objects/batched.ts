import { Batched, LoomDO, type LoomRequestContext, Route } from "loom-do";
import { counted, rowsWritten } from "./counted.ts";

export { default } from "./entry.ts";

/** Collects visits, and counts the rows that they take until they are delivered. */
export class Objects extends LoomDO {
  #delivered = 0;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(counted(ctx), env);
  }

  @Batched({ max: 100, within: "60s" })
  deliver(visits: readonly unknown[]) {
    this.#delivered += visits.length;
  }

  @Route("POST", "/visits/:count")
  add({ params: { count } }: LoomRequestContext<"/visits/:count">) {
    for (let at = 0; at < Number(count); at++) this.batches.add(this.deliver, { page: "/spring", referrer: null, at });
    return { success: true };
  }

  @Route("GET", "/state")
  state() {
    return { delivered: this.#delivered, rows: rowsWritten(this.ctx) };
  }
}
