/** The routes of a small site's object: static, one and two parameters, a wildcard. */
export const table = [
  ["GET", "/"],
  ["GET", "/health"],
  ["GET", "/posts"],
  ["POST", "/posts"],
  ["GET", "/posts/drafts/recent"],
  ["GET", "/posts/:slug"],
  ["PUT", "/posts/:slug"],
  ["DELETE", "/posts/:slug"],
  ["GET", "/posts/:slug/comments/:id"],
  ["POST", "/posts/:slug/comments"],
  ["GET", "/users/:user/settings/:section"],
  ["GET", "/files/*rest"],
] as const;

/** What is looked up, with the number of parameters it has. */
export const lookups = [
  { method: "GET", path: "/health", params: 0 },
  { method: "GET", path: "/posts/drafts/recent", params: 0 },
  { method: "GET", path: "/posts/spring-in-the-grove", params: 1 },
  { method: "PUT", path: "/posts/a-long-walk-along-the-river", params: 1 },
  { method: "GET", path: "/posts/spring-in-the-grove/comments/4711", params: 2 },
  { method: "GET", path: "/users/ada/settings/profile", params: 2 },
  { method: "GET", path: "/files/images/2026/november/oak.jpg", params: 1 },
] as const;

/** Finds a route: its number in the table, and its parameters. */
export type Find = (method: string, path: string) => Found | undefined;

/** What a router under comparison found. */
export interface Found {
  readonly route: number;
  readonly params: Readonly<Record<string, string>> | undefined;
}
