import { DurableObject } from "cloudflare:workers";

export { default } from "./entry.ts";

/** The same notes without Loom. */
export class Objects extends DurableObject {
  #visits: number;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.#visits = ctx.storage.kv.get<number>("visits") ?? 0;
  }

  override fetch(request: Request): Response {
    const { pathname } = new URL(request.url);
    const { method } = request;
    if (method === "GET" && pathname === "/health") return Response.json({ ok: true });
    const [, kind, author, slug, part, more] = pathname.split("/");
    if (kind !== "notes" || !author || !slug || more !== undefined) return new Response("Not found", { status: 404 });
    const note = [decodeURIComponent(author), decodeURIComponent(slug)] as const;
    if (part === undefined && method === "GET") return this.#read(...note);
    if (part === undefined && method === "PUT") return this.#write(...note);
    if (part === "visits" && method === "POST") return this.#visit(...note);
    return new Response("Method not allowed", { status: 405 });
  }

  #read(author: string, slug: string): Response {
    const text = this.ctx.storage.kv.get<string>(`${author}/${slug}`) ?? null;
    return Response.json({ author, slug, text, visits: this.#visits });
  }

  #write(author: string, slug: string): Response {
    this.ctx.storage.kv.put(`${author}/${slug}`, "Once upon a time");
    return Response.json({ success: true });
  }

  #visit(author: string, slug: string): Response {
    this.#visits += 1;
    this.ctx.storage.kv.put("visits", this.#visits);
    return Response.json({ author, slug, visits: this.#visits });
  }
}
