import { DurableObject } from "cloudflare:workers";

/** A counter without Loom. */
export class Counter extends DurableObject {
  override fetch(request: Request): Response {
    const { pathname } = new URL(request.url);
    if (request.method !== "POST" || pathname !== "/increment") return new Response("Not found", { status: 404 });
    const value = (this.ctx.storage.kv.get<number>("value") ?? 0) + 1;
    this.ctx.storage.kv.put("value", value);
    return Response.json({ value });
  }
}

export default { fetch: () => new Response() };
