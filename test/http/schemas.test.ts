import { expect, test, vi } from "vitest";
import type { Paths } from "../fixtures/paths.ts";
import type { Inputs, Refusals } from "../fixtures/input.ts";
import { objectOf } from "../support.ts";

const inputs = (path: string, init?: RequestInit) => objectOf<Inputs>("Inputs").fetch(`https://do${path}`, init);
const refusals = (path: string, init?: RequestInit) => objectOf<Refusals>("Refusals").fetch(`https://do${path}`, init);
const post = (body: string) => ({ method: "POST", body, headers: { "Content-Type": "application/json" } });

test("zod converts params and query; a repeated key arrives as a list", async () => {
  const response = await inputs("/pages/7?page=2&tag=a&tag=b");

  expect(await response.json()).toEqual({ id: 7.5, page: 2.5, tag: ["a", "b"] });
});

test("zod refuses params before it looks at the query", async () => {
  const response = await inputs("/pages/seven?page=0");

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-024", issues: [{ path: ["id"] }] });
});

test("zod refuses a query, also one that holds __proto__ or a repeated key", async () => {
  const none = await inputs("/pages/7");
  const proto = await inputs("/pages/7?__proto__=1&page=1&page=2");

  expect(await none.json()).toMatchObject({ issues: [{ path: ["page"] }] });
  expect(await proto.json()).toMatchObject({ issues: [{ path: ["page"] }] });
});

test("__proto__ in a query is a key like any other", async () => {
  const response = await inputs("/query?__proto__=1&a=2&__proto__=3");

  expect(await response.json()).toEqual([
    ["__proto__", ["1", "3"]],
    ["a", "2"],
  ]);
});

test("zod fills in a body's defaults", async () => {
  expect(await (await inputs("/notes", post('{"title":"a","more":1}'))).json()).toEqual({
    title: "a",
    tags: [],
    polluted: false,
  });
});

test("a schema that does without a body makes one of an empty body, and of nothing else", async () => {
  const [empty, none] = [await inputs("/optional", post("")), await inputs("/optional", { method: "POST" })];
  const [blank, nothing] = [await inputs("/optional", post(" ")), await inputs("/optional", post("null"))];
  const needed = await inputs("/notes", post(""));

  expect([await empty.json(), await none.json()]).toEqual([{ title: "untitled" }, { title: "untitled" }]);
  expect(await blank.json()).toMatchObject({ error_code: "GROVE-LOOM-021" });
  expect(await nothing.json()).toMatchObject({ error_code: "GROVE-LOOM-024" });
  expect(await needed.json()).toMatchObject({ error_code: "GROVE-LOOM-021" });
});

test("valibot converts params and checks a body", async () => {
  const response = await inputs("/valibot/3", post('{"title":"a","meta":{"stars":5}}'));

  expect(await response.json()).toEqual({ page: 3.5, stars: 5 });
});

test("valibot's issues arrive as plain messages and paths", async () => {
  const body = await inputs("/valibot/3", post('{"title":"a","meta":{"stars":"5"}}'));
  const query = await inputs("/valibot?page=x");

  expect(await body.json()).toMatchObject({ issues: [{ message: expect.any(String), path: ["meta", "stars"] }] });
  expect(await query.json()).toMatchObject({ issues: [{ message: expect.any(String), path: ["page"] }] });
});

test("valibot converts a query", async () => {
  expect(await (await inputs("/valibot?page=4")).json()).toEqual({ page: 4.5 });
});

test("the class's invalid hook answers bad input of every kind", async () => {
  const answer = async (response: Promise<Response>) => (await response).json();

  expect(await answer(refusals("/class", post("{")))).toMatchObject({
    class: "GROVE-LOOM-021",
    in: "body",
    method: "POST",
  });
  expect(await answer(refusals("/class", post("{}")))).toMatchObject({
    class: "GROVE-LOOM-024",
    in: "body",
    status: 400,
  });
  expect(await answer(refusals("/class", post('"123456789012345678"')))).toMatchObject({ class: "GROVE-LOOM-024" });
  expect(await answer(refusals("/class", post('"1234567890123456789"')))).toMatchObject({
    class: "GROVE-LOOM-025",
    status: 413,
  });
  expect(await answer(refusals("/class", { method: "POST", body: new URLSearchParams("a=1") }))).toMatchObject({
    class: "GROVE-LOOM-026",
  });
  expect(await answer(refusals("/%ZZ"))).toMatchObject({ class: "GROVE-LOOM-032", in: "path", status: 400 });
  expect(await answer(refusals("/by-hand", post("{")))).toMatchObject({ class: "GROVE-LOOM-021", in: "body" });
});

test("no route and another method are not bad input", async () => {
  expect((await refusals("/nowhere")).status).toBe(404);
  expect((await refusals("/class")).status).toBe(405);
});

test("a route's invalid hook comes before its class's", async () => {
  const response = await refusals("/route", post("{}"));

  expect(response.status).toBe(422);
  expect(await response.json()).toEqual({ fields: [["title"]], code: "GROVE-LOOM-024" });
});

test("an invalid hook that throws the problem's error gives the default answer", async () => {
  const response = await refusals("/pages/x");

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-024", issues: [{ path: ["id"] }] });
});

test("an invalid hook that breaks is a 500, and logged", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});

  const response = await refusals("/broken/x");

  expect([response.status, await response.json()]).toMatchObject([500, { error_code: "GROVE-LOOM-023" }]);
  expect(log.mock.calls.flat().join()).toContain("the hook broke");
});

test("a route's maxBody comes before its class's", async () => {
  const fits = await refusals("/large", post(`"${"x".repeat(98)}"`));
  const exceeds = await refusals("/large", post(`"${"x".repeat(99)}"`));

  expect(await fits.json()).toEqual({ length: 98 });
  expect(await exceeds.json()).toMatchObject({ class: "GROVE-LOOM-025" });
});

test("a handler reads the body itself: as JSON, text or bytes, more than once", async () => {
  const send = (kind: string, body: string) => objectOf<Paths>("Paths").fetch(`https://do/bodies/${kind}`, post(body));

  expect(await (await send("json", '{"a":1}')).json()).toEqual({ json: { a: 1 }, again: '{"a":1}' });
  expect(await (await send("text", "grün")).json()).toEqual({ text: "grün" });
  expect(await (await send("bytes", "grün")).json()).toEqual({ bytes: 5 });
  expect((await send("json", "{")).status).toBe(400);
  expect((await send("bytes", "x".repeat(1_048_577))).status).toBe(413);
});
