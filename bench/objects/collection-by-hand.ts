import { DurableObject } from "cloudflare:workers";
import { type Entry, entryOf, keyOf } from "./collection-entries.ts";

export { default } from "./entry.ts";

const page = 256;

/** The same entries by `storage.kv`, without Loom. */
export class Objects extends DurableObject {
  override fetch(request: Request): Response {
    const [, work, one, other] = new URL(request.url).pathname.split("/");
    if (work === "write") return this.#write(Number(one), Number(other));
    if (work === "walk") return Response.json(this.#walk());
    if (work === "size") return Response.json(this.#size());
    if (work === "get") return this.#get(Number(one), Number(other));
    return new Response("Not found", { status: 404 });
  }

  #write(from: number, count: number): Response {
    for (let at = from; at < from + count; at++) this.ctx.storage.kv.put(keyOf(at), entryOf(at));
    return Response.json(null);
  }

  #walk(): number {
    let [visits, after] = [0, ""];
    for (let length = page; length === page;) {
      length = 0;
      for (const [key, { visits: more }] of this.ctx.storage.kv.list<Entry>({ startAfter: after, limit: page })) {
        visits += more;
        after = key;
        length += 1;
      }
    }
    return visits;
  }

  #size(): number {
    let size = 0;
    for (const _ of this.ctx.storage.kv.list()) size += 1;
    return size;
  }

  #get(count: number, stride: number): Response {
    let visits = 0;
    for (let at = 0; at < count; at++) visits += this.ctx.storage.kv.get<Entry>(keyOf(at * stride))!.visits;
    return Response.json(visits);
  }
}
