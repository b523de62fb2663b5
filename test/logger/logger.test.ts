import { afterEach, expect, test, vi } from "vitest";
import { LOOM_ERRORS } from "../../src/catalogue.ts";
import { currentEvent } from "../../src/event.ts";
import { LoomLogger } from "../../src/logger.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

test("a call writes one JSON line that names the object", () => {
  const written = capture();

  new LoomLogger("TenantDO", "ab12").info("saved", { slug: "hello", bytes: 12 });

  const { timestamp, ...line } = written.only();
  expect(line).toEqual({ do: "TenantDO", id: "ab12", level: "info", message: "saved", slug: "hello", bytes: 12 });
  expect(new Date(timestamp as string).toISOString()).toBe(timestamp);
});

test("each level writes with the console's method of its kind", () => {
  const written = capture();
  const log = new LoomLogger("A", "1");

  log.debug("d");
  log.info("i");
  log.warn("w");
  log.error("e");

  expect(written.methods).toEqual(["debug", "log", "warn", "error"]);
});

test("lines below the level are not written", () => {
  const written = capture();
  const log = new LoomLogger("A", "1", { level: "warn", events: true });

  log.debug("d");
  log.info("i");
  log.event({ method: "GET", path: "/", status: 200, durationMs: 1 });
  log.warn("w");

  expect(written.methods).toEqual(["warn"]);
});

test("a silent log writes nothing, and does not look at what it was given", () => {
  const written = capture();
  const look = vi.fn();

  new LoomLogger("A", "1", { level: "silent" }).error("e", { toJSON: look });

  expect(written.lines).toEqual([]);
  expect(look).not.toHaveBeenCalled();
});

test("data cannot take the place of a standard key, and is not lost either", () => {
  const written = capture();

  new LoomLogger("A", "1").warn("real", {
    message: "m",
    level: "l",
    do: "d",
    id: "i",
    timestamp: "t",
    correlationId: "c",
  });

  const line = written.only();
  expect(line).toMatchObject({ do: "A", id: "1", level: "warn", message: "real" });
  expect(line).toMatchObject({ "data.message": "m", "data.level": "l", "data.do": "d", "data.timestamp": "t" });
  expect([line["correlationId"], line["data.correlationId"]]).toEqual([undefined, "c"]);
});

test("every line of an event carries its correlation id", () => {
  const written = capture();

  currentEvent.run({ correlationId: "req-7" }, () => new LoomLogger("A", "1").info("inside"));
  new LoomLogger("A", "1").info("outside");

  expect(written.lines.map(({ correlationId }) => correlationId)).toEqual(["req-7", undefined]);
});

test("events are written when asked for", () => {
  const written = capture();
  const event = { method: "GET", path: "/drafts/:slug", status: 404, durationMs: 3 };

  new LoomLogger("A", "1").event(event);
  new LoomLogger("A", "1", { events: true }).event(event);

  expect(written.only()).toMatchObject({ level: "info", message: "GET /drafts/:slug 404", ...event });
});

test("an error is written with its name, text, stack, code and causes", () => {
  const written = capture();
  const cause = Object.assign(new RangeError("disk full", { cause: new Error("quota") }), { code: "ENOSPC" });

  new LoomLogger("A", "1").errorWithCause("not saved", cause, { slug: "hello" });

  const line = written.only();
  expect(line).toMatchObject({ level: "error", message: "not saved", slug: "hello" });
  expect(line["cause"]).toMatchObject({
    name: "RangeError",
    message: "disk full",
    code: "ENOSPC",
    cause: { message: "quota" },
  });
  expect(line["cause"]).toHaveProperty("stack", expect.stringContaining("logger.test"));
});

test("an error given as data is written under `error`", () => {
  const written = capture();

  new LoomLogger("A", "1").warn("odd", new TypeError("not a number"));

  expect(written.only()).toMatchObject({ message: "odd", error: { name: "TypeError", message: "not a number" } });
});

test("a catalogue entry is written with its code, category and operator text", () => {
  const written = capture();
  const log = new LoomLogger("A", "1");

  log.loomError(LOOM_ERRORS.SQL_FAILED, { cause: new Error("no such table"), statement: "SELECT", code: "mine" });
  log.loomError(LOOM_ERRORS.NO_ROUTE);

  expect(written.methods).toEqual(["error", "warn"]);
  expect(written.lines[0]).toMatchObject({
    message: "GROVE-LOOM-041: A SQL statement failed.",
    code: "GROVE-LOOM-041",
    category: "bug",
    statement: "SELECT",
    cause: { message: "no such table" },
    "data.code": "mine",
  });
});
