import { expect, test, vi } from "vitest";
import type { Imperative, ImperativeTwice, Paths } from "../fixtures/paths.ts";
import { objectOf } from "../support.ts";

const request = (path: string, init?: RequestInit) => objectOf<Paths>("Paths").fetch(`https://do${path}`, init);
const answer = async (path: string, init?: RequestInit) => (await request(path, init)).json<Record<string, unknown>>();
const codeOf = async (path: string, init?: RequestInit) => {
  const response = await request(path, init);
  const { error_code: code } = await response.json<{ error_code: string }>();
  return [response.status, code, response.headers.get("Allow")];
};

test("a static path beats a parameter", async () => {
  expect(await answer("/x/new")).toEqual({ fresh: true });
});

test("a parameter arrives decoded, in an object without a prototype", async () => {
  expect(await answer("/x/a%2Fb%20%C3%BC")).toEqual({ id: "a/b ü", pattern: "/x/:id", prototype: null });
});

test("a parameter called __proto__ is a parameter", async () => {
  expect(await answer("/proto/1")).toEqual({ keys: ["__proto__"], polluted: false });
});

test("a wildcard takes the rest of the path", async () => {
  expect(await answer("/files/a/b%20c")).toEqual({ rest: "a/b c" });
  expect(await answer("/files")).toEqual({ rest: "" });
});

test("a path of 10,000 segments is answered", async () => {
  const { rest } = await answer(`/files${"/x".repeat(10_000)}`);

  expect(rest).toHaveLength(19_999);
  expect(await codeOf("/x".repeat(10_000))).toEqual([404, "GROVE-LOOM-020", null]);
});

test("no route is 404, and slashes are not folded", async () => {
  expect(await codeOf("/")).toEqual([404, "GROVE-LOOM-020", null]);
  expect(await codeOf("/x/new/")).toEqual([404, "GROVE-LOOM-020", null]);
  expect(await codeOf("//x/new")).toEqual([404, "GROVE-LOOM-020", null]);
});

test("another method is 405, with what the path allows", async () => {
  expect(await codeOf("/x/1", { method: "DELETE" })).toEqual([405, "GROVE-LOOM-022", "GET, HEAD, OPTIONS, PUT"]);
});

test("an unknown method is 405 on a path that exists, else 404", async () => {
  expect(await codeOf("/x/1", { method: "PURGE" })).toEqual([405, "GROVE-LOOM-022", "GET, HEAD, OPTIONS, PUT"]);
  expect(await codeOf("/nowhere", { method: "PURGE" })).toEqual([404, "GROVE-LOOM-020", null]);
});

test.each(["/x/%ZZ", "/%", "/nowhere/%E0%A4%A", "/files/%ff"])("the malformed path %s is 400", async (path) => {
  expect(await codeOf(path)).toEqual([400, "GROVE-LOOM-032", null]);
});

test("HEAD is answered by GET, without the body", async () => {
  const response = await request("/stream", { method: "HEAD" });

  expect([response.status, response.headers.get("X-Length"), await response.text()]).toEqual([200, "10", ""]);
});

// Left alone, workerd (2026-10-23) drops the body only after it has read all of it.
test("a stream that HEAD has no use for is cancelled", async () => {
  const object = objectOf<Paths>("Paths");

  expect((await object.fetch("https://do/endless", { method: "HEAD" })).status).toBe(200);
  expect(await (await object.fetch("https://do/is-cancelled")).json()).toBe(true);
});

test("a HEAD route of one's own comes before GET", async () => {
  expect((await request("/own-head", { method: "HEAD" })).headers.get("X-Own")).toBe("head");
});

test("OPTIONS tells what a path allows", async () => {
  const response = await request("/x/1", { method: "OPTIONS" });

  expect([response.status, response.headers.get("Allow")]).toEqual([204, "GET, HEAD, OPTIONS, PUT"]);
  expect(await codeOf("/nowhere", { method: "OPTIONS" })).toEqual([404, "GROVE-LOOM-020", null]);
});

test("an OPTIONS route of one's own comes first", async () => {
  expect(await answer("/own-options", { method: "OPTIONS" })).toEqual({ own: true });
});

test("a URL without a path, and one with a fragment, lead to the route they name", async () => {
  expect(await codeOf("")).toEqual([404, "GROVE-LOOM-020", null]);
  expect(await codeOf("?a=/x/new")).toEqual([404, "GROVE-LOOM-020", null]);
  expect(await answer("/x/new?y=/z#part")).toEqual({ fresh: true });
  expect(await answer("/x/new#part/x?y")).toEqual({ fresh: true });
});

test("a method in lower case is the same method", async () => {
  expect(await answer("/x/1", { method: "put" })).toEqual({ put: "1" });
});

test("routes() works beside decorators and sees the object's fields", async () => {
  const object = objectOf<Imperative>("Imperative");

  expect(await (await object.fetch("https://do/greet/Ann")).json()).toEqual(["hello", "Ann"]);
  expect(await (await object.fetch("https://do/decorated")).json()).toEqual({ decorated: true });
  expect(await (await object.fetch("https://do/decorated", { method: "PUT" })).json()).toEqual({ put: true });
});

test("a route of routes() that repeats a decorated one is refused with a 500, and the log names both", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});

  const response = await objectOf<ImperativeTwice>("ImperativeTwice").fetch("https://do/same/1");

  expect(response.status).toBe(500);
  expect(log.mock.calls.flat().join()).toContain("@Route decorated (GET /same/:a) and routes() GET /same/:b");
});
