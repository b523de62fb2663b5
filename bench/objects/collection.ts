import { LoomDO, type LoomRequestContext, Persisted, PersistedMap, Route } from "loom-do";
import { type Entry, entryOf, keyOf } from "./collection-entries.ts";

export { default } from "./entry.ts";

/** Entries in a live collection. */
export class Objects extends LoomDO {
  @Persisted accessor posts = new PersistedMap<Entry>();

  @Route("POST", "/write/:from/:count")
  write({ params: { from, count } }: LoomRequestContext<"/write/:from/:count">) {
    const end = Number(from) + Number(count);
    for (let at = Number(from); at < end; at++) this.posts.set(keyOf(at), entryOf(at));
    return null;
  }

  @Route("GET", "/walk")
  async walk() {
    let visits = 0;
    for await (const page of this.posts.pages()) {
      for (const [, entry] of page) visits += entry.visits;
    }
    return visits;
  }

  @Route("GET", "/size")
  size() {
    return this.posts.size;
  }

  @Route("GET", "/get/:count/:stride")
  get({ params: { count, stride } }: LoomRequestContext<"/get/:count/:stride">) {
    let visits = 0;
    for (let at = 0; at < Number(count); at++) visits += this.posts.get(keyOf(at * Number(stride)))!.visits;
    return visits;
  }
}
