import { measure } from "./measure.ts";
import type { Found } from "./table.ts";

measure((method, path) => {
  const isGet = method === "GET";
  if (path === "/" && isGet) return { route: 0, params: undefined };
  if (path === "/health" && isGet) return { route: 1, params: undefined };
  const [, kind, first, second, third, more] = path.split("/");
  if (kind === "posts" && more === undefined) return findPost(method, first, second, third);
  if (kind === "users" && isGet && first && second === "settings" && third && more === undefined) {
    return { route: 10, params: { user: decodeURIComponent(first), section: decodeURIComponent(third) } };
  }
  if (kind === "files" && isGet)
    return { route: 11, params: { rest: decodeURIComponent(path.slice("/files/".length)) } };
  return undefined;
});

function findPost(method: string, ...[first, second, third]: (string | undefined)[]): Found | undefined {
  if (first === undefined) return method === "GET" ? { route: 2, params: undefined } : { route: 3, params: undefined };
  if (first === "drafts" && second === "recent" && method === "GET") return { route: 4, params: undefined };
  const slug = decodeURIComponent(first);
  if (second === undefined) return { route: method === "GET" ? 5 : method === "PUT" ? 6 : 7, params: { slug } };
  if (second === "comments" && third && method === "GET")
    return { route: 8, params: { slug, id: decodeURIComponent(third) } };
  if (second === "comments" && method === "POST") return { route: 9, params: { slug } };
  return undefined;
}
