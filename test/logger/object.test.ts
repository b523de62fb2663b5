import { afterEach, expect, test, vi } from "vitest";
import type { LogSource, PlainLogSource } from "../fixtures/logger.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

test("an object's lines carry its name and id, its options and the event's correlation id", async () => {
  const written = capture();
  const object = objectOf<LogSource>("LogSource");

  await object.fetch("https://do/lines/hello", { headers: { "x-correlation-id": "req-7" } });

  const common = { do: "log-source", id: object.id.toString(), correlationId: "req-7" };
  expect(written.lines).toMatchObject([
    { ...common, level: "info", message: "before", slug: "hello", email: "[redacted]" },
    { ...common, level: "warn", message: "after" },
    { ...common, level: "info", method: "GET", path: "/lines/:slug", status: 200, durationMs: expect.any(Number) },
  ]);
});

test("the correlation id may come from a traceparent", async () => {
  const written = capture();
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  await objectOf<LogSource>("LogSource").fetch("https://do/lines/hello", { headers: { traceparent } });

  expect(new Set(written.lines.map(({ correlationId }) => correlationId))).toEqual(
    new Set(["4bf92f3577b34da6a3ce929d0e0e4736"]),
  );
});

test("two events at once keep their correlation ids apart", async () => {
  const written = capture();
  const object = objectOf<LogSource>("LogSource");
  const ask = (id: string) => object.fetch(`https://do/lines/${id}`, { headers: { "x-correlation-id": id } });

  await Promise.all([ask("a"), ask("b")]);

  const ids = written.lines.filter(({ message }) => message === "after").map(({ correlationId }) => correlationId);
  expect(ids.toSorted()).toEqual(["a", "b"]);
});

test("a line outside a request has no correlation id", async () => {
  const written = capture();

  await objectOf<LogSource>("LogSource").outsideAnEvent();

  expect(written.only()).not.toHaveProperty("correlationId");
});

test("without options an object writes every level, no events, under its class's name", async () => {
  const written = capture();

  await objectOf<PlainLogSource>("PlainLogSource").fetch("https://do/lines");

  expect(written.only()).toMatchObject({ do: "PlainLogSource", level: "debug", message: "written" });
});
