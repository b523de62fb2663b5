import { expect, test } from "vitest";
import { parsePath } from "../../src/http/path.ts";
import { Router } from "../../src/http/router.ts";

function routerOf(...paths: string[]): Router<string> {
  const router = new Router<string>();
  for (const path of paths) router.add("GET", parsePath(path, "test"), path);
  return router;
}

test("static beats parameter beats wildcard, whatever the order of declaration", () => {
  const router = routerOf("/x/*rest", "/x/:id", "/x/new");

  expect(router.find("GET", "/x/new")?.value).toBe("/x/new");
  expect(router.find("GET", "/x/old")?.value).toBe("/x/:id");
  expect(router.find("GET", "/x/old/2")?.value).toBe("/x/*rest");
});

test("a better start that leads nowhere gives way to a worse one that fits", () => {
  const router = routerOf("/a/b/c", "/a/:x/d", "/*all");

  expect(router.find("GET", "/a/b/d")).toEqual({ value: "/a/:x/d", params: { x: "b" } });
  expect(router.find("GET", "/a/b/e")).toEqual({ value: "/*all", params: { all: "a/b/e" } });
});

test("each route names its parameters itself, also where two share a position", () => {
  const router = routerOf("/users/:id/posts", "/users/:name/files/:file");

  expect(router.find("GET", "/users/7/posts")?.params).toEqual({ id: "7" });
  expect(router.find("GET", "/users/7/files/8")?.params).toEqual({ name: "7", file: "8" });
});

test("a wildcard takes the rest of the path, also none of it", () => {
  const router = routerOf("/files/*rest", "/any/*");

  expect(router.find("GET", "/files/a/b")?.params).toEqual({ rest: "a/b" });
  expect(router.find("GET", "/files/")?.params).toEqual({ rest: "" });
  expect(router.find("GET", "/files")?.params).toEqual({ rest: "" });
  expect(router.find("GET", "/any/a/b")?.params).toEqual({});
});

test("paths are strict: no slash is folded, and a parameter is never empty", () => {
  const router = routerOf("/a/b", "/a/:id/c");

  expect(router.find("GET", "/a/b/")).toBeUndefined();
  expect(router.find("GET", "//a/b")).toBeUndefined();
  expect(router.find("GET", "/a//c")).toBeUndefined();
});

test("static segments are compared decoded, and parameters arrive decoded", () => {
  const router = routerOf("/café/:name", "/a%2Fb", "/100%25");

  expect(router.find("GET", "/caf%C3%A9/z%C3%BC%2Frich")?.params).toEqual({ name: "zü/rich" });
  expect(router.find("GET", "/a%2fb")?.value).toBe("/a%2Fb");
  expect(router.find("GET", "/a/b")).toBeUndefined();
  expect(router.find("GET", "/100%25")?.value).toBe("/100%25");
  expect(router.find("GET", "/%63af%C3%A9/x")?.value).toBe("/café/:name");
});

test("params have no prototype, so a parameter may be called __proto__", () => {
  const found = routerOf("/x/:__proto__").find("GET", "/x/1")!;

  expect(Object.getPrototypeOf(found.params)).toBeNull();
  expect(Object.entries(found.params)).toEqual([["__proto__", "1"]]);
});

test("the params of a static path have no prototype and cannot be shared state", () => {
  const found = routerOf("/x").find("GET", "/x")!;

  expect(Object.getPrototypeOf(found.params)).toBeNull();
  expect(Object.isFrozen(found.params)).toBe(true);
});

test("a path of 10,000 segments is walked no deeper than the routes go", () => {
  const router = routerOf("/:a/:b/:c", "/files/*rest");
  const long = "/x".repeat(10_000);

  expect(router.find("GET", long)).toBeUndefined();
  expect(router.find("GET", `/files${long}`)?.params["rest"]).toBe(long.slice(1));
  expect(router.find("GET", `/files${long}%20`)?.params["rest"]).toBe(`${long.slice(1)} `);
});

test("many children of one segment are found as well as few", () => {
  const paths = Array.from({ length: 40 }, (_, index) => `/a/child${index}/:id`);
  const router = routerOf(...paths);

  expect(router.find("GET", "/a/child31/x")).toEqual({ value: "/a/child31/:id", params: { id: "x" } });
  expect(router.find("GET", "/a/child40/x")).toBeUndefined();
});

test("methodsOf tells under which methods a path is found", () => {
  const router = routerOf("/a", "/b");
  router.add("PUT", parsePath("/:any", "test"), "put");

  expect(router.methodsOf("/a")).toEqual(["GET", "PUT"]);
  expect(router.methodsOf("/c")).toEqual(["PUT"]);
  expect(router.methodsOf("/c/d")).toEqual([]);
});
