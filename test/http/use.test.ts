import { expect, test, vi } from "vitest";
import type { Layers } from "../fixtures/middleware.ts";
import { objectOf } from "../support.ts";

const request = (path: string, init?: RequestInit) => objectOf<Layers>("Layers").fetch(`https://do${path}`, init);
const trailOf = async (path: string, init?: RequestInit) => {
  const response = await request(path, init);
  return [response.status, response.headers.get("x-trail")];
};

test("the topmost middleware is the outermost, and the class's is outside the method's", async () => {
  expect(await trailOf("/both")).toEqual([200, "bottom top class-bottom class-top"]);
});

test("a method's middleware is its own", async () => {
  expect(await trailOf("/both", { method: "PUT" })).toEqual([200, "own class-bottom class-top"]);
});

test("a class's middleware is around 404, 405, a malformed path and automatic OPTIONS", async () => {
  expect(await trailOf("/nowhere")).toEqual([404, "class-bottom class-top"]);
  expect(await trailOf("/both", { method: "DELETE" })).toEqual([405, "class-bottom class-top"]);
  expect(await trailOf("/%ZZ")).toEqual([400, "class-bottom class-top"]);
  expect(await trailOf("/both", { method: "OPTIONS" })).toEqual([204, "class-bottom class-top"]);
});

test("HEAD passes the middleware of GET", async () => {
  expect(await trailOf("/both", { method: "HEAD" })).toEqual([200, "bottom top class-bottom class-top"]);
});

test("a preflight passes the middleware of the route it asks for", async () => {
  const headers = { "Access-Control-Request-Method": "PUT" };

  expect(await trailOf("/both", { method: "OPTIONS", headers })).toEqual([204, "own class-bottom class-top"]);
});

test("a preflight for a method the path does not have passes the class's middleware", async () => {
  const headers = { "Access-Control-Request-Method": "PATCH" };

  expect(await trailOf("/both", { method: "OPTIONS", headers })).toEqual([204, "class-bottom class-top"]);
});

test("what a handler throws arrives at the middleware as a response", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});

  expect(await trailOf("/throws")).toEqual([500, "outer class-bottom class-top"]);
});

test("a middleware can answer itself, and knows the route and its params", async () => {
  const response = await request("/early/7", { method: "POST", body: "not read" });

  expect(await response.json()).toEqual({ pattern: "/early/:id", params: { id: "7" }, body: "undefined" });
});

test("a response thrown by a middleware is the answer", async () => {
  expect(await trailOf("/refused")).toEqual([402, "class-bottom class-top"]);
});

test("next() called twice is a 500, and the log says so", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});

  expect(await trailOf("/twice")).toEqual([500, "class-bottom class-top"]);
  expect(log.mock.calls.flat().join()).toContain("called next() twice");
});

test("a middleware that forgets to answer is a 500, and the log says what to write", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});

  expect(await trailOf("/none")).toEqual([500, "class-bottom class-top"]);
  expect(log.mock.calls.flat().join()).toContain("Write `return next();`");
});
