import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../../support/workerd.ts";

// What a failing start can do: compatibility date 2026-10-01, workerd 2026-10-23.
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("../fixtures/platform-start.ts", import.meta.url),
    classes: ["GuardedAtOnce", "GuardedLater", "FetchGuardedLater", "Recorded", "ThrowingConstructor"],
  });
});
afterAll(() => server?.end());

test("a method or fetch put on the prototype by the constructor is the one that the waiting event runs", async () => {
  const response = await server.object("GuardedAtOnce").fetch("/");

  expect(await response.text()).toBe("guarded");
  expect(await server.object("GuardedAtOnce").call("work")).toEqual({ value: "guarded" });
});

test("a method put on the prototype inside blockConcurrencyWhile is the one that the waiting call runs", async () => {
  expect(await server.object("GuardedLater").call("work")).toEqual({ value: "guarded" });
});

test("a fetch put on the prototype inside blockConcurrencyWhile comes too late for the waiting request", async () => {
  const first = await server.object("FetchGuardedLater").fetch("/");
  const second = await server.object("FetchGuardedLater").fetch("/");

  expect(await first.text()).toBe("original");
  expect(await second.text()).toBe("guarded");
});

test("an object whose constructor recorded a failed schema lives on and can try again", async () => {
  const object = server.object("Recorded");

  const first = await object.call("work");
  const second = await object.call("work");

  expect(first).toEqual({
    value: { failure: expect.stringContaining("syntax error"), tables: [{ name: "fine" }] },
  });
  expect(second).toEqual({ value: { failure: null, tables: [{ name: "fine" }] } });
});

test("a constructor that throws rejects the event and is run again by the next one", async () => {
  const object = server.object("ThrowingConstructor");

  const first = await object.call("work");
  const second = await object.fetch("/");
  const third = await object.call("work");

  expect(first.error).toEqual({
    class: "Error",
    message: "start 1",
    own: { code: "GROVE-LOOM-001", durableObjectReset: true },
  });
  expect(second.status).toBe(599);
  expect(third).toEqual({ value: 3 });
});
