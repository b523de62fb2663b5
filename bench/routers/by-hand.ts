import { measure } from "./measure.ts";
import type { Found } from "./table.ts";

measure((method, path) => {
  const isGet = method === "GET";
  if (path === "/" && isGet) return { route: 0, params: undefined };
  if (path === "/health" && isGet) return { route: 1, params: undefined };
  const parts = path.split("/");
  const [, kind, user, page, section] = parts;
  if (kind === "posts" && parts.length < 6) return findPost(method, parts);
  if (kind === "users" && isGet && user && page === "settings" && section && parts.length === 5) {
    return { route: 10, params: { user: decodeURIComponent(user), section: decodeURIComponent(section) } };
  }
  if (kind !== "files" || !isGet) return undefined;
  return { route: 11, params: { rest: decodeURIComponent(path.slice("/files/".length)) } };
});

function findPost(method: string, [, , post, part, id]: readonly string[]): Found | undefined {
  if (post === undefined) return { route: method === "GET" ? 2 : 3, params: undefined };
  if (post === "drafts" && part === "recent" && method === "GET") return { route: 4, params: undefined };
  const slug = decodeURIComponent(post);
  if (part === undefined) return { route: method === "GET" ? 5 : method === "PUT" ? 6 : 7, params: { slug } };
  if (part !== "comments") return undefined;
  if (id && method === "GET") return { route: 8, params: { slug, id: decodeURIComponent(id) } };
  return id === undefined && method === "POST" ? { route: 9, params: { slug } } : undefined;
}
