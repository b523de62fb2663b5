import { LoomDO, type LoomRequestContext, Persisted, Route } from "loom-do";

export { default } from "./entry.ts";

type Note = LoomRequestContext<"/notes/:author/:slug">;

/** Notes with Loom: one row each, and a count of visits that survives. */
export class Objects extends LoomDO {
  @Persisted accessor visits = 0;

  @Route("GET", "/health")
  health() {
    return { ok: true };
  }

  @Route("GET", "/notes/:author/:slug")
  read({ params: { author, slug } }: Note) {
    return { author, slug, text: this.ctx.storage.kv.get<string>(`${author}/${slug}`) ?? null, visits: this.visits };
  }

  @Route("PUT", "/notes/:author/:slug")
  write({ params: { author, slug } }: Note) {
    this.ctx.storage.kv.put(`${author}/${slug}`, "Once upon a time");
    return { success: true };
  }

  @Route("POST", "/notes/:author/:slug/visits")
  visit({ params: { author, slug } }: LoomRequestContext<"/notes/:author/:slug/visits">) {
    this.visits += 1;
    return { author, slug, visits: this.visits };
  }
}
