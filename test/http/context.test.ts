import { expect, test, vi } from "vitest";
import type { Logged, Paths } from "../fixtures/paths.ts";
import { objectOf } from "../support.ts";

const answer = async (path: string, init?: RequestInit) => {
  const response = await objectOf<Paths>("Paths").fetch(`https://do${path}`, init);
  return response.json<Record<string, unknown>>();
};

test("the context tells method, path, URL, query and the caller's correlation id", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  const found = await answer("/context?a=1&a=2", { headers: { traceparent } });

  const has = { env: true, log: "function" };
  const correlationId = "0af7651916cd43dd8448eb211c80319c";
  expect(found).toEqual({ method: "GET", path: "/context", host: "do", a: ["1", "2"], correlationId, ...has });
});

test("x-correlation-id comes before traceparent", async () => {
  const { correlationId } = await answer("/context", { headers: { "x-correlation-id": "abc" } });

  expect(correlationId).toBe("abc");
});

test("a failed waitUntil promise is logged", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});

  expect(await answer("/later", { method: "POST" })).toEqual({ accepted: true });
  await vi.waitFor(() => expect(log.mock.calls.flat().join()).toContain("later went wrong"));
});

test("events are logged when the class asks for it: method, pattern, status and duration", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const object = objectOf<Logged>("Logged");

  await object.fetch("https://do/people/secret-name");
  await object.fetch("https://do/nowhere/secret-name");

  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { method: "GET", path: "/people/:name", status: 200, durationMs: expect.any(Number) },
    { method: "GET", path: "(no route)", status: 404, durationMs: expect.any(Number) },
  ]);
  expect(JSON.stringify(lines)).not.toContain("secret-name");
});

test("every line of an event carries the caller's correlation id, and no line of another event", async () => {
  const log = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "log").mockImplementation(() => {});
  const object = objectOf<Logged>("Logged");
  const ask = (headers: Record<string, string>) => object.fetch("https://do/people/a", { headers });

  await Promise.all([ask({ "x-correlation-id": "one" }), ask({}), ask({ "x-correlation-id": "2".repeat(200) })]);

  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as { message: string; correlationId?: string });
  const two = "2".repeat(128);
  expect(lines.filter(({ message }) => message === "before").map((line) => line.correlationId)).toEqual([
    "one",
    undefined,
    two,
  ]);
  expect(lines.filter(({ message }) => message === "after").map((line) => line.correlationId)).toEqual([
    "one",
    undefined,
    two,
  ]);
});
