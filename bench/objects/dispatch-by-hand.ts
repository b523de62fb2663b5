import { DurableObject } from "cloudflare:workers";
import { answer, answerAll } from "./dispatch-requests.ts";

export { default } from "./dispatch-entry.ts";

/** The same seven routes by `if` and `else`. */
export class Objects extends DurableObject {
  override fetch(request: Request): Response {
    const { pathname } = new URL(request.url);
    const { method } = request;
    if (pathname === "/health" && method === "GET") return answer;
    if (pathname === "/posts" && (method === "GET" || method === "POST")) return answer;
    const [, kind, slug, part, id, more] = pathname.split("/");
    if (kind === "posts" && slug && part === undefined) {
      if (method === "GET" || method === "PUT") return this.#onPost(decodeURIComponent(slug));
    } else if (kind === "posts" && slug && part === "comments" && id && more === undefined) {
      if (method === "GET" || method === "DELETE")
        return this.#onComment(decodeURIComponent(slug), decodeURIComponent(id));
    }
    return new Response("Not found", { status: 404 });
  }

  spin(turns: number): void {
    answerAll(this, turns);
  }

  #onPost(slug: string): Response {
    return slug ? answer : Response.error();
  }

  #onComment(slug: string, id: string): Response {
    return slug && id ? answer : Response.error();
  }
}
