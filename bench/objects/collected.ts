import { LoomDO, type LoomRequestContext, Persisted, PersistedMap, Route } from "loom-do";
import { counted, rowsWritten } from "./counted.ts";

export { default } from "./entry.ts";

/** Drafts in a live collection, and the rows that they take. */
export class Objects extends LoomDO {
  @Persisted accessor drafts = new PersistedMap<{ readonly text: string }>();

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(counted(ctx), env);
  }

  @Route("PUT", "/drafts/:count/:text")
  write({ params: { count, text } }: LoomRequestContext<"/drafts/:count/:text">) {
    for (let at = 0; at < Number(count); at++) this.drafts.set(`draft-${at}`, { text });
    return { success: true };
  }

  @Route("GET", "/rows")
  rows() {
    return rowsWritten(this.ctx);
  }
}
