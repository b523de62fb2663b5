import { expect, test } from "vitest";
import { Route } from "../../decorators/route.ts";
import { Use } from "../../decorators/use.ts";
import { LoomDO } from "../../src/base.ts";
import { compileHttp } from "../../src/http/dispatch.ts";
import type { RouteOptions } from "../../src/http/route-types.ts";

/** Defines a class with one route. */
const define = (method: string, path: string, options?: RouteOptions) => () => {
  class Wrong extends LoomDO {
    @Route(method as "GET", path as `/${string}`, options) page() {}
  }
  return Wrong;
};

test("a path starts with a slash", () => {
  expect(define("GET", "rooms")).toThrow('@Route page (GET rooms): a path starts with a slash. Write `"/rooms"`.');
});

test("each parameter has a name of its own", () => {
  expect(define("GET", "/:id/x/:id")).toThrow(
    "@Route page (GET /:id/x/:id): the name `id` is used twice. Give each parameter its own.",
  );
  expect(define("GET", "/:rest/*rest")).toThrow("the name `rest` is used twice");
});

test("a wildcard is last", () => {
  expect(define("GET", "/*all/x")).toThrow("@Route page (GET /*all/x): `*all` is not last. Put it last.");
});

test("a parameter has a plain name", () => {
  expect(define("GET", "/x/:")).toThrow("@Route page (GET /x/:): `:` has no plain name. Write `:id`.");
  expect(define("GET", "/x/:id?")).toThrow("`:id?` has no plain name. Write `:id`.");
  expect(define("GET", "/x/:id(\\d+)")).toThrow("`:id(\\d+)` has no plain name");
});

test("a static segment can be decoded", () => {
  expect(define("GET", "/100%")).toThrow(
    "@Route page (GET /100%): `100%` cannot be decoded. Write `%25` for a percent sign.",
  );
});

test("a method is one that routes know", () => {
  expect(define("get", "/")).toThrow(
    "@Route page (get /): `get` is no method. Write GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.",
  );
  expect(define("PURGE", "/")).toThrow("`PURGE` is no method");
});

test("maxBody is a number of bytes", () => {
  expect(define("PUT", "/", { maxBody: -1 })).toThrow("@Route page (PUT /): maxBody is -1. Write a number of bytes.");
  expect(define("PUT", "/", { maxBody: Number.NaN })).toThrow("maxBody is NaN");
});

test("@Route goes on a method of an object", () => {
  const route = Route("GET", "/x") as (value: unknown, context: object) => void;
  const metadata = {};

  expect(() => route(undefined, { kind: "field", name: "page", metadata })).toThrow(
    "@Route page is on a field: it goes on a method.",
  );
  expect(() => route(undefined, { kind: "method", name: "page", static: true, metadata })).toThrow(
    "@Route page: static members belong to no object",
  );
  expect(() => (route as (...args: unknown[]) => void)({}, "page" as never)).toThrow('Remove "experimentalDecorators"');
});

test("two members that would answer the same requests are refused, and both are named", () => {
  class Twice extends LoomDO {
    @Route("GET", "/x/:id") first() {}
    @Route("GET", "/x/:name") second() {}
  }

  expect(() => compileHttp(Twice, {})).toThrow(
    "@Route first (GET /x/:id) and @Route second (GET /x/:name) answer the same requests. Remove one.",
  );
});

test("one static path written in two ways is one path", () => {
  class Twice extends LoomDO {
    @Route("GET", "/café") first() {}
    @Route("GET", "/caf%C3%A9") second() {}
  }

  expect(() => compileHttp(Twice, {})).toThrow("answer the same requests");
});

test("one member may answer several paths", () => {
  class Several extends LoomDO {
    @Route("GET", "/a") @Route("GET", "/b") @Route("PUT", "/a") both() {}
  }

  expect(() => compileHttp(Several, {})).not.toThrow();
});

test("routes() is held to the same rules", () => {
  class Plain extends LoomDO {}
  const http = compileHttp(Plain, {});

  expect(() => http.with([{ method: "GET", path: "x" as "/", handler() {} }])).toThrow(
    "routes() GET x: a path starts with a slash",
  );
  expect(() => http.with([{ method: "GET", path: "/:a/:a", handler() {} }])).toThrow("the name `a` is used twice");
});

test("@Use takes a function, on a method or on a class that extends LoomDO", () => {
  expect(() => Use("cors" as never)).toThrow("@Use takes a function, not string. Write `@Use((ctx, next) => next())`.");
  expect(() => {
    // @ts-expect-error: the class does not extend LoomDO
    @Use((_ctx, next) => next())
    class Elsewhere {}
    return Elsewhere;
  }).toThrow("@Use Elsewhere: the class does not extend LoomDO. Write `class Elsewhere extends LoomDO`.");
});

test("a route of a class that does not extend LoomDO is refused at its first construction", () => {
  class Elsewhere {
    // @ts-expect-error: the class does not extend LoomDO
    @Route("GET", "/x") page() {}
  }

  expect(() => new Elsewhere()).toThrow(
    "@Route page: the class does not extend LoomDO. Write `class … extends LoomDO`.",
  );
});
